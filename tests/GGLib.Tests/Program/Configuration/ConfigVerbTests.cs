using System.Text.Json;
using GGLib.Configuration;

namespace GGLib.Tests.Program.Configuration;

/// <summary><c>gglib config …</c>.</summary>
public sealed class ConfigVerbTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Show_says_what_each_setting_is_and_where_it_came_from()
    {
        var file = await WriteAsync("""{ "port": 8080, "keepAlive": "1m", "models": { "m*": { "threads": 2, "options": { "top_k": 3 } } } }""");
        _run.Variables["OLLAMA_HOST"] = "0.0.0.0:9000";
        _run.Variables["OLLAMA_KEEP_ALIVE"] = "soon";

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("config", "show", "--config", file, "--host", "::1"));
        var lines = _run.Output.Split('\n');
        Assert.Contains(file, lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^host +::1 +--host; goes before OLLAMA_HOST \(0\.0\.0\.0\)$", Line("host"));
        Assert.Matches(@"^port +9000 +OLLAMA_HOST; goes before my\.json:1:11 \(8080\)$", Line("port"));
        Assert.Matches(@"^keepAlive +1m +my\.json:1:30; OLLAMA_KEEP_ALIVE=soon does not count: not a duration", Line("keepAlive"));
        Assert.Matches("^maxQueue +512 +default$", Line("maxQueue"));
        Assert.Contains("models \"m*\"  my.json:1:48", _run.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^  threads +2$", _run.Output);
        Assert.Matches("(?m)^  top_k +3$", _run.Output);

        string Line(string name) => lines.Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Show_as_JSON_has_the_same()
    {
        _run.Variables["GGLIB_CONFIG"] = await WriteAsync("""{ "port": 8080, "keepAlive": "1m" }""");
        _run.Variables["OLLAMA_HOST"] = ":9000";
        _run.Variables["OLLAMA_KEEP_ALIVE"] = "soon";

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("config", "show", "--json"));
        using var json = JsonDocument.Parse(_run.Output);
        var settings = json.RootElement.GetProperty("settings").EnumerateArray().ToDictionary(static setting => setting.GetProperty("name").GetString()!);
        Assert.Equal(ProgramSettings.All.Select(static setting => setting.Name), settings.Keys);
        Assert.Equal(9000, settings["port"].GetProperty("value").GetInt32());
        Assert.Equal("environment", settings["port"].GetProperty("origin").GetProperty("kind").GetString());
        Assert.Equal(8080, settings["port"].GetProperty("overridden")[0].GetProperty("value").GetInt32());
        Assert.Equal("soon", settings["keepAlive"].GetProperty("ignored")[0].GetProperty("text").GetString());
        Assert.Equal(JsonValueKind.Null, settings["contextLength"].GetProperty("value").ValueKind);
    }

    [Fact]
    public async Task The_path_is_the_one_named_else_in_the_data_folder()
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("config", "path"));
        Assert.Equal(Path.Combine(_run.Folder, "home", "gglib.json") + "\n", _run.Output);
        var named = Path.Combine(_run.Folder, "a.json");
        _run.Variables["GGLIB_CONFIG"] = named;
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("config", "path"));
        Assert.Equal(named + "\n", _run.Output);
    }

    [Fact]
    public async Task The_published_schema_is_the_one_that_the_program_prints()
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("config", "schema"));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "gglib.schema.json"), TestContext.Current.CancellationToken), _run.Output);
    }

    [Fact]
    public async Task The_guide_and_the_README_have_a_row_for_each_setting()
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "guides", "configuration.md"), TestContext.Current.CancellationToken);
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken);
        foreach (var setting in ProgramSettings.All)
        {
            Assert.Contains($"| `{setting.Name}` | {(setting.Variable is null ? "" : $"`{setting.Variable}`")} | {Default(setting)} | {setting.Meaning} |", guide, StringComparison.Ordinal);
            Assert.Contains($"| `{setting.Variable}` |", readme, StringComparison.Ordinal);
            Assert.Contains($"`{setting.Name}`", readme, StringComparison.Ordinal);
        }

        foreach (var setting in ModelSettings.All.Concat(ModelSettings.Options))
        {
            Assert.Contains($"| `{setting.Name}` | {setting.Expected} | {setting.Meaning} |", guide, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("config", "show")]
    [InlineData("explain", "demo-chat")]
    [InlineData("up", "--port", "0")]
    [InlineData("proxy", "--port", "0")]
    [InlineData("engine", "status")]
    public async Task A_file_that_is_wrong_is_one_sentence_with_its_place(params string[] verb)
    {
        var file = await WriteAsync("{\n  \"prot\": 1\n}");
        Assert.Equal(ExitCode.Failure, await _run.RunAsync([.. verb, "--config", file]));
        Assert.EndsWith($"gglib: {file}:2:3: 'prot' is no setting; did you mean 'port'?\n", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_named_must_be_there()
    {
        Assert.Equal(ExitCode.Failure, await _run.RunAsync("config", "show", "--config", Path.Combine(_run.Folder, "no.json")));
        Assert.Contains("no.json", _run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("config", "show"));
    }

    private async Task<string> WriteAsync(string text)
    {
        var file = Path.Combine(_run.Folder, "my.json");
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        return file;
    }

    private static string Default(Setting setting) => setting.Default.Length == 0 ? "–" : setting.Default.StartsWith('<') ? setting.Default.Trim('<', '>') : $"`{setting.Default}`";
}
