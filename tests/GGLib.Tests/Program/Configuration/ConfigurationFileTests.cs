using System.Text;
using GGLib.Configuration;
using GGLib.Engine.Launching;

namespace GGLib.Tests.Program.Configuration;

/// <summary>What a configuration file may say, and how what is wrong with one is told.</summary>
public sealed class ConfigurationFileTests
{
    [Fact]
    public void Comments_trailing_commas_a_schema_and_a_byte_order_mark_are_taken()
    {
        var settings = Resolve("""
            // a comment
            {
              "$schema": "./gglib.schema.json",
              "host": "::1", "port": 8080, /* another */ "keepAlive": 90,
              "maxLoadedModels": 1, "maxQueue": 2, "loadTimeout": "10s", "contextLength": 8192, "parallel": 3,
              "kvCacheType": "Q8_0", "flashAttention": false, "origins": ["https://a.example",], "engine": "/opt/llama-server",
              "engineProvider": "debian", "ollamaVersion": "0.17.6", "lenientThinking": true, "rewriteMessages": false, "debug": true, "models": {},
            }
            """, bom: true);

        Assert.Equal(new ServerAddress("::1", 8080), settings.Address);
        Assert.Equal(
            new EngineSettings
            {
                KeepAlive = KeepAlive.For(TimeSpan.FromSeconds(90)),
                MaxLoadedModels = 1,
                MaxQueue = 2,
                LoadStallTimeout = TimeSpan.FromSeconds(10),
                ContextLength = 8192,
                Parallel = 3,
                KvCacheType = "q8_0",
                FlashAttention = false,
            },
            settings.Engine with { Origins = new EngineSettings().Origins });
        var server = settings.Server(settings.Address);
        Assert.Equal(["https://a.example"], server.Origins);
        Assert.Equal("0.17.6", server.OllamaVersion);
        Assert.True(server.LenientThinking);
        Assert.False(server.RewritesMessages("any"));
        Assert.Equal(("/opt/llama-server", "debian", true), (settings.Text(ProgramSettings.Engine), settings.Text(ProgramSettings.EngineProvider), settings.Switch(ProgramSettings.Debug)));
        Assert.Equal("gglib.json:4:26", settings[ProgramSettings.Port].Winner.Origin.Text);
    }

    [Theory]
    [InlineData("qwen3:8b", true)]
    [InlineData("qwen3:latest", false)]
    [InlineData("llama:latest", false)]
    public void A_models_section_decides_about_rewriting_before_all_else(string model, bool expected)
    {
        var settings = Resolve(
            """{"rewriteMessages":true,"models":{"qwen*":{"rewriteMessages":false,"threads":2},"qwen3:8b":{"rewriteMessages":true}}}""", [("GGLIB_REWRITE_MESSAGES", "0")]);

        Assert.Equal(expected, settings.Server(settings.Address).RewritesMessages(model));
        Assert.Equal(model.StartsWith("qwen", StringComparison.Ordinal) ? 2 : null, settings.EngineFor(model).Threads);
    }

    [Theory]
    [InlineData("qwen3:8b", false, 3)]
    [InlineData("qwen3:latest", true, 3)]
    [InlineData("llama:latest", false, 0)]
    public void A_models_section_decides_how_its_tool_calls_are_checked(string model, bool repairs, int limit)
    {
        var settings = Resolve("""{"models":{"qwen*":{"repairToolCalls":true,"toolCallLoopLimit":3},"qwen3:8b":{"repairToolCalls":false}}}""");
        var server = settings.Server(settings.Address);

        Assert.Equal((repairs, limit), (server.RepairsToolCalls(model), server.ToolCallLoopLimit(model)));
        Assert.Null(settings.EngineFor(model).Threads);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("{}")]
    public void A_file_may_say_nothing(string text) => Assert.Equal(ServerAddress.DefaultPort, Resolve(text).Address.Port);

    [Theory]
    [InlineData("""{"prot":1}""", "1:2: 'prot' is no setting; did you mean 'port'?")]
    [InlineData("""{"PORT":1}""", "1:2: 'PORT' is no setting; did you mean 'port'?")]
    [InlineData("""{"port":"a"}""", "1:9: 'port' must be a whole number from 0 to 65535, not \"a\".")]
    [InlineData("""{"port":1.5}""", "1:9: 'port' must be a whole number from 0 to 65535, not 1.5.")]
    [InlineData("{\n  \"ä\": 1, \"port\": 70000\n}", "2:3: 'ä' is no setting; ")]
    [InlineData("{ /* ä€😀 */ \"port\": 70000 }", "1:22: 'port' must be a whole number from 0 to 65535, not 70000.")]
    [InlineData("""{"host":"1.2.3.4:80"}""", "1:9: 'host' must be a host name or an address, without a port, not \"1.2.3.4:80\".")]
    [InlineData("""{"keepAlive":"soon"}""", "1:14: 'keepAlive' must be a duration such as \"5m\" or \"1h30m\", or whole seconds, not \"soon\".")]
    [InlineData("""{"flashAttention":"on"}""", "1:19: 'flashAttention' must be true or false, not \"on\".")]
    [InlineData("""{"kvCacheType":"q9"}""", "1:16: 'kvCacheType' must be one of ")]
    [InlineData("""{"origins":["a",1]}""", "1:17: 'origins' must be a list of texts, not 1.")]
    [InlineData("""{"port":null}""", "1:9: 'port' must be a whole number from 0 to 65535, not null.")]
    [InlineData("""{"port":1,"port":2}""", "1:11: 'port' is there twice.")]
    [InlineData("""{"temperature":1}""", "1:2: 'temperature' is no setting; it belongs into a model's 'options'.")]
    [InlineData("""{"threads":1}""", "1:2: 'threads' is no setting; it belongs into a section of 'models'.")]
    [InlineData("""{"models":1}""", "1:11: 'models' must be an object of models, not 1.")]
    [InlineData("""{"models":{"a":1}}""", "1:16: the section 'a' must be an object, not 1.")]
    [InlineData("""{"models":{" ":{}}}""", "1:12: a section needs a model's name, or a pattern such as \"qwen*\".")]
    [InlineData("""{"models":{"a":{"num_ctx":1}}}""", "1:17: 'num_ctx' is no setting of a model; it is called 'contextLength' here.")]
    [InlineData("""{"models":{"a":{"port":1}}}""", "1:17: 'port' is no setting of a model; ")]
    [InlineData("""{"models":{"a":{"options":{"top_p":2}}}}""", "1:36: 'top_p' must be a number from 0 to 1, not 2.")]
    [InlineData("""{"models":{"a":{"options":{"num_ctx":2}}}}""", "1:28: 'num_ctx' is no option; say 'contextLength' in the model's section.")]
    [InlineData("""{"models":{"a":{"options":{"stop":"x"}}}}""", "1:35: 'stop' must be a list of texts, not \"x\".")]
    [InlineData("""{"models":{"a":{"arguments":["-c","1"]}}}""", "1:30: '-c' cannot be given here: say contextLength instead.")]
    [InlineData("""{"models":{"a":{"mmproj":"/p"}}}""", "1:17: 'mmproj' is no setting of a model; 'gglib add MODEL --projector FILE' gives a model its projector.")]
    [InlineData("""{"models":{"a":{"draftModel":"b.gguf"}}}""", "1:30: 'draftModel' must be the whole path of a file, not \"b.gguf\".")]
    [InlineData("""{"models":{"a":{"tensorSplit":[1,-1]}}}""", "1:34: 'tensorSplit' must be a list of numbers from 0, not all 0, not -1.")]
    [InlineData("""{"models":{"a":{"tensorSplit":[]}}}""", "1:31: 'tensorSplit' must be a list of numbers from 0, not all 0, not a list.")]
    [InlineData("""{"models":{"a":{"adapters":["/a",{"path":"/b:c","scale":2}]}}}""", "1:34: 'adapters' must be a list of whole paths without a comma, ")]
    [InlineData("""{"models":{"a":{"adapters":["/a,b"]}}}""", "1:29: 'adapters' must be ")]
    [InlineData("""{"models":{"a":{"speculative":["ngram-mod","a b"]}}}""", "1:44: 'speculative' must be a word such as ")]
    [InlineData("""{"models":{"a":{"draftTokens":-1}}}""", "1:31: 'draftTokens' must be a whole number from 0 to 1024, not -1.")]
    [InlineData("[]", "1:1: the file must be an object, { … }, not a list.")]
    [InlineData("{\n \"port\": 1,\n \"x\" }", "3:6: not JSON: ")]
    [InlineData("{} x", "1:4: not JSON: ")]
    [InlineData("{\"a", "1:4: not JSON: ")]
    [InlineData("x", "1:1: not JSON: ")]
    public void What_is_wrong_is_one_sentence_with_line_and_column(string text, string expected)
    {
        Assert.False(ConfigurationFile.Parse("/c/gglib.json", Encoding.UTF8.GetBytes(text)).Succeeded(out _, out var failure));

        Assert.StartsWith("/c/gglib.json:" + expected, failure.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, failure.Code);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.DoesNotContain("LineNumber", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_told() =>
        Assert.Contains("UTF-8", ConfigurationFile.Parse("x", [.. "{\"host\":\""u8, 0xFF, .. "\"}"u8]).Failure!.Message, StringComparison.Ordinal);

    [Fact]
    public void The_command_line_goes_before_the_environment_and_that_before_the_file()
    {
        var settings = Resolve("""{"host":"1.1.1.1","port":1,"keepAlive":"1m"}""", [("OLLAMA_HOST", "2.2.2.2"), ("OLLAMA_KEEP_ALIVE", "soon")], new CommandLineSettings(Host: "3.3.3.3"));

        // The variable names no port: the file's counts. One that makes no sense counts as none, and is kept to be shown.
        Assert.Equal(new ServerAddress("3.3.3.3", 1), settings.Address);
        Assert.Equal(["2.2.2.2", "1.1.1.1"], settings[ProgramSettings.Host].Overridden.Select(static candidate => candidate.Text));
        Assert.Equal(KeepAlive.For(TimeSpan.FromMinutes(1)), settings.Engine.KeepAlive);
        Assert.Equal("soon", Assert.Single(settings[ProgramSettings.KeepAlive].Ignored).Text);
    }

    [Theory]
    [InlineData("qwen3:8b", 4, 7)]
    [InlineData("QWEN3:latest", 2, 5)]
    [InlineData("qwen3:8b-q4", 2, 7)]
    [InlineData("llama:latest", null, null)]
    public void Names_go_before_patterns_and_later_patterns_before_earlier(string model, int? threads, int? batch)
    {
        var settings = Resolve("""
            {"contextLength": 1000, "models": {
              "qwen3:8b": {"threads": 4, "contextLength": 2000},
              "qwen3": {"batch": 5},
              "q*": {"threads": 1, "batch": 6},
              "qwen*": {"threads": 2, "batch": 7}}}
            """, [("OLLAMA_CONTEXT_LENGTH", "3000")]).EngineFor(model);

        Assert.Equal((threads, batch), (settings.Threads, settings.Batch));

        // What is said of a model goes before what is said of all, wherever that is said.
        Assert.Equal(model == "qwen3:8b" ? 2000 : 3000, settings.ContextLength);
    }

    [Fact]
    public void A_section_says_everything_of_a_launch()
    {
        var settings = Resolve("""
            {"models": {"m": {"contextLength": 4096, "parallel": 2, "keepAlive": -1, "gpuLayers": 0, "mainGpu": 1, "threads": 3, "batch": 64, "mmap": false,
              "pinned": true, "kvCacheType": "q8_0", "flashAttention": true,
              "arguments": ["--no-warmup"], "options": {"temperature": 0.5, "stop": ["a", "b"]}}}}
            """).EngineFor("m:latest");

        Assert.Equal(
            new EngineSettings
            {
                ContextLength = 4096,
                IsContextOfModel = true,
                Parallel = 2,
                Pinned = true,
                KvCacheType = "q8_0",
                FlashAttention = true,
                KeepAlive = KeepAlive.Forever,
                GpuLayers = 0,
                MainGpu = 1,
                Threads = 3,
                Batch = 64,
                Mmap = false,
                Arguments = settings.Arguments,
                Origins = settings.Origins,
            },
            settings);
        Assert.Equal(["--no-warmup"], settings.Arguments);
        Assert.Equal("gglib.json:1:36", settings.OriginOf(nameof(settings.ContextLength)).Text);
    }

    [Fact]
    public void A_section_says_how_a_model_is_split_adapted_and_drafted_for()
    {
        using var folder = new Engine.Installation.TempFolder();
        var draft = Path.Combine(folder.Path, "draft.gguf");
        File.WriteAllText(draft, "1234567");
        var settings = Resolve($$"""
            {"models": {"m": {"splitMode": "ROW", "tensorSplit": [3, 1.5], "threadsBatch": 2, "kvCacheTypeK": "q8_0", "kvCacheTypeV": "q4_0", "draftModel": "{{draft}}", "draftTokens": 5,
              "speculative": ["draft-simple", "ngram-mod"], "adapters": ["/a.gguf", {"path": "/b.gguf", "scale": 0.5}]}, "n": {"speculative": "ngram-mod"} } }
            """).EngineFor("m:latest");

        Assert.Equal(("row", 2, "q8_0", "q4_0", draft, 5), (settings.SplitMode, settings.ThreadsBatch, settings.KvCacheTypeK, settings.KvCacheTypeV, settings.DraftModel, settings.DraftTokens));
        Assert.Equal([3, 1.5], settings.TensorSplit!);
        Assert.Equal(["draft-simple", "ngram-mod"], settings.Speculative!);
        Assert.Equal([new("/a.gguf"), new LaunchAdapter("/b.gguf", 0.5)], settings.Adapters!);
        Assert.Equal("gglib.json:1:32", settings.OriginOf(nameof(settings.SplitMode)).Text);

        // Files that are not there weigh nothing.
        Assert.Equal(7, settings.AttachedBytes);
    }

    [Fact]
    public void A_models_options_are_in_Ollamas_names()
    {
        var settings = Resolve("""{"parallel":2,"models":{"m":{"contextLength":4096,"mmap":true,"options":{"stop":["x"],"top_k":5}},"m*":{"options":{"temperature":0.25}}}}""");

        Assert.Equal("""{"num_ctx":4096,"use_mmap":true,"temperature":0.25,"top_k":5,"stop":["x"]}""", settings.OptionsOf("m:latest")?.GetRawText());
        Assert.Null(settings.OptionsOf("other:latest"));
    }

    internal static Settings Resolve(string text, (string Name, string Value)[]? variables = null, CommandLineSettings? line = null, bool bom = false)
    {
        byte[] bytes = [.. bom ? Encoding.UTF8.Preamble : [], .. Encoding.UTF8.GetBytes(text)];
        Assert.True(ConfigurationFile.Parse("/c/gglib.json", bytes).Succeeded(out var file, out var failure), failure?.Message);
        return Settings.Resolve(new EnvironmentValues(name => variables?.FirstOrDefault(variable => variable.Name == name).Value), file, line);
    }
}
