using System.Text.Json;
using GGLib.Tests.FakeLlamaServer;

namespace GGLib.Tests.Program.Configuration;

/// <summary><c>gglib explain</c>.</summary>
public sealed class ExplainTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Every_flag_and_value_has_its_reason()
    {
        var file = Path.Combine(_run.Folder, "gglib.json");
        await File.WriteAllTextAsync(file, """
            { "models": { "demo-*": { "threads": 2, "contextLength": 1024,
                "options": { "top_k": 5 } } } }
            """, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("explain", "demo-chat", "--json", "--config", file, "--engine", FakeModel.ProgramPath));

        using var json = JsonDocument.Parse(_run.Output);
        var arguments = json.RootElement.GetProperty("arguments").EnumerateArray().ToDictionary(static argument => argument.GetProperty("flag").GetString()!);
        Assert.Equal(("2", "file", "gglib.json:1:38"), Row(arguments["--threads"]));
        Assert.Equal("4096", arguments["--ctx-size"].GetProperty("value").GetString());
        Assert.Contains("1024 × 4 slots; context gglib.json:1:58", Row(arguments["--ctx-size"]).Text, StringComparison.Ordinal);
        Assert.Equal("computed", Row(arguments["--parallel"]).Kind);
        Assert.All(arguments.Values, static argument => Assert.NotEqual("", Row(argument).Text));
        Assert.Contains("--flash-attn", json.RootElement.GetProperty("left_to_llama_server").EnumerateArray().Select(static flag => flag.GetString()));

        var sampling = json.RootElement.GetProperty("sampling").EnumerateArray().ToDictionary(static one => one.GetProperty("name").GetString()!);
        Assert.Equal(("5", "file", "gglib.json:2:27; goes before 20 of the model's file"), Row(sampling["top_k"]));
        Assert.Equal(("0.3", "model_file", "general.sampling.temp of the model's file"), Row(sampling["temperature"]));
        Assert.Equal("default", Row(sampling["min_p"]).Kind);
        Assert.Equal("llama_server", Row(sampling["seed"]).Kind);

        var command = json.RootElement.GetProperty("command").EnumerateArray().Select(static part => part.GetString()).ToList();
        Assert.Equal(FakeModel.ProgramPath, command[0]);
        Assert.Equal("2", command[command.IndexOf("--threads") + 1]);

        static (string Value, string Kind, string Text) Row(JsonElement row) =>
            (row.TryGetProperty("value", out var value) ? value.ToString() : "", row.GetProperty("origin").GetProperty("kind").GetString()!, row.GetProperty("origin").GetProperty("text").GetString()!);
    }

    [Fact]
    public async Task For_people_it_is_a_page_with_the_command_line_at_its_end()
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("explain", "demo-chat", "--engine", FakeModel.ProgramPath));
        Assert.Matches("(?m)^memory +about ", _run.Output);
        Assert.Matches("(?m)^  --ctx-size +[0-9]+ ", _run.Output);
        Assert.Matches("(?m)^  temperature +0.3 +general.sampling.temp", _run.Output);
        Assert.Contains(FakeModel.ProgramPath + " --model ", _run.Output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_argument_that_llama_server_does_not_know_is_told_with_its_place()
    {
        var file = Path.Combine(_run.Folder, "gglib.json");
        await File.WriteAllTextAsync(file, """{"models":{"x":{"arguments":["--no-slots","--nonsense"]}}}""", TestContext.Current.CancellationToken);
        foreach (var verb in (string[][])[["explain", "demo-chat"], ["proxy", "--port", "0"]])
        {
            Assert.Equal(ExitCode.Failure, await _run.RunAsync([.. verb, "--config", file, "--engine", FakeModel.ProgramPath]));
            Assert.Contains($"{file}:1:43: llama-server ", _run.Error, StringComparison.Ordinal);
            Assert.Contains("knows no flag '--nonsense'", _run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"speculative":"ngram-mod"}""", "knows no flag '--spec-type', which 'speculative' needs")]
    [InlineData("""{"draftTokens":4,"threads":1}""", "knows no flag '--spec-draft-n-max', which 'draftTokens' needs")]
    public async Task A_setting_for_which_llama_server_has_no_flag_is_told_with_its_place(string section, string expected)
    {
        var file = Path.Combine(_run.Folder, "gglib.json");
        await File.WriteAllTextAsync(file, "{\"models\":{\"x\":" + section + "}}", TestContext.Current.CancellationToken);
        foreach (var verb in (string[][])[["explain", "demo-chat"], ["proxy", "--port", "0"]])
        {
            Assert.Equal(ExitCode.Failure, await _run.RunAsync([.. verb, "--config", file, "--engine", FakeModel.ProgramPath]));
            Assert.Contains($"{file}:1:31: llama-server ", _run.Error, StringComparison.Ordinal);
            Assert.Contains(expected, _run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(ExitCode.NoModel, "explain", "nothing")]
    [InlineData(ExitCode.Usage, "explain")]
    [InlineData(ExitCode.Usage, "explain", "x", "--port", "y")]
    public async Task What_is_wrong_has_a_code(int code, params string[] line) => Assert.Equal(code, await _run.RunAsync(line));
}
