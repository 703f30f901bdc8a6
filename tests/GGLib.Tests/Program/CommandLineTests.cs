namespace GGLib.Tests.Program;

public sealed class CommandLineTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("gglib up")]
    [InlineData("gglib up", "up")]
    [InlineData("gglib proxy", "proxy")]
    [InlineData("gglib proxy", "serve")]
    [InlineData("gglib add", "add")]
    [InlineData("gglib list", "list")]
    [InlineData("gglib list", "ls")]
    [InlineData("gglib show", "show")]
    [InlineData("gglib rm", "rm")]
    [InlineData("gglib explain", "explain")]
    [InlineData("gglib config show", "config")]
    [InlineData("gglib config show", "config", "show")]
    [InlineData("gglib config path", "config", "path")]
    [InlineData("gglib config schema", "config", "schema")]
    [InlineData("gglib run", "run")]
    [InlineData("gglib ps", "ps")]
    [InlineData("gglib stop", "stop")]
    [InlineData("source <(gglib completions bash)", "completions")]
    [InlineData("gglib engine status", "engine")]
    [InlineData("gglib engine status", "engine", "status")]
    [InlineData("gglib engine install", "engine", "install")]
    [InlineData("gglib engine path", "engine", "path")]
    public async Task Help_ends_with_examples(string example, params string[] verb)
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync([.. verb, "--help"]));
        var examples = _run.Output.IndexOf("Examples:", StringComparison.Ordinal);
        Assert.True(examples > 0, _run.Output);
        Assert.Contains("  " + example, _run.Output[examples..], StringComparison.Ordinal);
        Assert.Equal("", _run.Error);
    }

    [Theory]
    [InlineData]
    [InlineData("show")]
    [InlineData("run")]
    [InlineData("pull")]
    [InlineData("cp")]
    public async Task Help_lists_no_models_of_the_library(params string[] verb)
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync([.. verb, "--help"]));
        Assert.DoesNotContain("demo-embed", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_asked_is_answered_with_help()
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync());
        Assert.Contains("Usage:", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("--version"));
        Assert.Matches(@"^gglib \d+\.\d+\.\d+\n$", _run.Output);
    }

    [Theory]
    [InlineData("lst")]
    [InlineData("up", "--port", "x")]
    [InlineData("up", "--port", "65536")]
    [InlineData("up", "--port", "-1")]
    [InlineData("up", "more")]
    [InlineData("show")]
    [InlineData("rm")]
    [InlineData("engine")]
    [InlineData("proxy", "--model", "x")]
    public async Task A_wrong_command_line_is_a_usage_error(params string[] arguments)
    {
        Assert.Equal(ExitCode.Usage, await _run.RunAsync(arguments));
        Assert.Equal("", _run.Output);
        Assert.Contains("--help", _run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("proxy")]
    public async Task An_engine_that_is_not_there_has_a_code_of_its_own(string verb)
    {
        Assert.Equal(ExitCode.NoEngine, await _run.RunAsync(verb, "--port", "0", "--engine", Path.Combine(_run.Folder, "llama-server")));
        Assert.Contains("There is no such file", _run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("./nothing.gguf")]
    public async Task A_model_that_is_not_there_has_a_code_of_its_own(string model)
    {
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("up", "--port", "0", "--model", model));
        Assert.Contains("nothing", _run.Error, StringComparison.Ordinal);
    }
}
