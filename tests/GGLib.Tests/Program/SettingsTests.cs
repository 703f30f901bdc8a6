using GGLib.Configuration;
using GGLib.Engine.Launching;
using GGLib.Server;

namespace GGLib.Tests.Program;

public sealed class SettingsTests
{
    private static EnvironmentValues With(params (string Name, string Value)[] variables) =>
        new(name => variables.FirstOrDefault(variable => variable.Name == name).Value);

    [Theory]
    [InlineData("5m", 300.0)]
    [InlineData("300", 300.0)]
    [InlineData(" '300' ", 300.0)]
    [InlineData("1h30m", 5400.0)]
    [InlineData("0", 0.0)]
    [InlineData("-1", -1.0)]
    [InlineData("-5s", -5.0)]
    [InlineData("99999999999999999", 3153600000.0)]
    [InlineData("soon", null)]
    [InlineData("5 m", null)]
    [InlineData("", null)]
    public void A_duration_is_Gos_or_whole_seconds(string text, double? seconds) =>
        Assert.Equal(seconds, ((TimeSpan?)ProgramSettings.KeepAlive.Read(With(("OLLAMA_KEEP_ALIVE", text)))?.Value)?.TotalSeconds);

    [Theory]
    [InlineData("3", 3)]
    [InlineData("\" 3 \"", 3)]
    [InlineData("0", null)]
    [InlineData("-3", null)]
    [InlineData("3.5", null)]
    [InlineData("many", null)]
    [InlineData("99999999999", null)]
    public void A_count_that_is_none_counts_as_unset(string text, int? expected) => Assert.Equal(expected, (int?)ProgramSettings.Parallel.Read(With(("OLLAMA_NUM_PARALLEL", text)))?.Value);

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("0", false)]
    [InlineData("false", false)]
    [InlineData("F", false)]
    [InlineData("  ", null)]
    public void Any_text_that_is_not_false_is_true(string text, bool? expected) => Assert.Equal(expected, (bool?)ProgramSettings.FlashAttention.Read(With(("OLLAMA_FLASH_ATTENTION", text)))?.Value);

    [Theory]
    [InlineData("8GiB", 8L << 30, "8GiB")]
    [InlineData("8g", 8L << 30, "8GiB")]
    [InlineData("1.5 GiB", 3L << 29, "1536MiB")]
    [InlineData("500MB", 500_000_000L, "500000000")]
    [InlineData("4096", 4096L, "4KiB")]
    [InlineData("12b", 12L, "12")]
    [InlineData("0", null, null)]
    [InlineData("-1GiB", null, null)]
    [InlineData("much", null, null)]
    [InlineData("1e9", null, null)]
    public void Memory_is_given_in_units(string text, long? bytes, string? shown)
    {
        var read = ProgramSettings.MemoryBudget.Read(With(("GGLIB_MEMORY_BUDGET", text)))!;

        Assert.Equal(bytes, (long?)read.Value);
        Assert.Equal(shown ?? text, read.Text);
    }

    [Fact]
    public void An_empty_environment_gives_the_defaults()
    {
        var settings = Settings.Resolve(With(), null);
        Assert.Equal(new EngineSettings(), settings.Engine with { Origins = new EngineSettings().Origins });
        Assert.Empty(settings.Engine.Origins);
        Assert.Equal(new ServerAddress("127.0.0.1", 11434), settings.Address);
        var server = settings.Server(settings.Address);
        Assert.Equal(ServerOptions.DefaultOllamaVersion, server.OllamaVersion);
        Assert.Empty(server.Origins);
        Assert.Equal(Surroundings.Version, server.Version);
    }

    [Fact]
    public void Every_variable_reaches_its_setting()
    {
        var environment = With(
            ("OLLAMA_KEEP_ALIVE", "-1"),
            ("OLLAMA_MAX_LOADED_MODELS", "2"),
            ("OLLAMA_MAX_QUEUE", "7"),
            ("GGLIB_MEMORY_BUDGET", "1.5GiB"),
            ("GGLIB_STALL_TIMEOUT", "30"),
            ("GGLIB_MEMORY_GROWTH", "1.5"),
            ("GGLIB_PRELOAD", "a,b:7b"),
            ("OLLAMA_LOAD_TIMEOUT", "10s"),
            ("OLLAMA_CONTEXT_LENGTH", "8192"),
            ("OLLAMA_NUM_PARALLEL", "4"),
            ("OLLAMA_KV_CACHE_TYPE", "q8_0"),
            ("OLLAMA_FLASH_ATTENTION", "1"),
            ("OLLAMA_ORIGINS", "https://a.example, ,https://*.b.example"),
            ("GGLIB_OLLAMA_VERSION", "0.17.6"),
            ("GGLIB_LENIENT_THINKING", "1"),
            ("GGLIB_REWRITE_MESSAGES", "0"));
        var settings = Settings.Resolve(environment, null);
        Assert.Equal(
            new EngineSettings
            {
                KeepAlive = KeepAlive.Forever,
                MaxLoadedModels = 2,
                MaxQueue = 7,
                MemoryBudget = 3L << 29,
                StallTimeout = TimeSpan.FromSeconds(30),
                MemoryGrowth = 1.5,
                LoadStallTimeout = TimeSpan.FromSeconds(10),
                ContextLength = 8192,
                Parallel = 4,
                KvCacheType = "q8_0",
                FlashAttention = true,
            },
            settings.Engine with { Origins = new EngineSettings().Origins });
        Assert.Equal(new ValueOrigin(OriginKind.Environment, "OLLAMA_CONTEXT_LENGTH"), settings.Engine.OriginOf(nameof(EngineSettings.ContextLength)));
        var server = settings.Server(new ServerAddress("::1", 5));
        Assert.Equal(("::1", 5, "0.17.6"), (server.Host, server.Port, server.OllamaVersion));
        Assert.Equal(["a", "b:7b"], settings.Texts(ProgramSettings.Preload));
        Assert.Equal(["https://a.example", "https://*.b.example"], server.Origins);
        Assert.True(server.LenientThinking);
        Assert.False(server.RewritesMessages("any"));
        Assert.True(Settings.Resolve(With(), null).Server(new ServerAddress("::1", 5)).RewritesMessages("any"));
        Assert.False(Settings.Resolve(environment, null, new CommandLineSettings(LenientThinking: false)).Server(new ServerAddress("::1", 5)).LenientThinking);
    }

    [Fact]
    public void The_data_folder_is_the_one_named_else_below_home()
    {
        var home = OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME";
        var named = Path.GetFullPath("data");
        var below = Path.Combine(Path.GetFullPath("me"), ".gglib");
        Assert.Equal(named, DataFolder.Locate(With(("GGLIB_HOME", named), (home, "/elsewhere"))));
        Assert.Equal(below, DataFolder.Locate(With(("GGLIB_HOME", " "), (home, Path.GetFullPath("me")))));
        Assert.True(Path.IsPathFullyQualified(DataFolder.Locate(With((home, "")))));
        Assert.True(Path.IsPathFullyQualified(DataFolder.Locate(With())));
    }
}
