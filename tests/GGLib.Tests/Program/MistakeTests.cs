using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GGLib.Tests.Program;

/// <summary>Every mistake that can be made on the command line is one clear sentence and a code.</summary>
public sealed class MistakeTests : IDisposable
{
    private readonly CommandRun _run = new();

    // Nobody listens there. A port that is free now may be another test's in a moment.
    public MistakeTests() => _run.Variables["OLLAMA_HOST"] = "127.0.0.1:1";

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("lst", "There is no verb 'lst'. Did you mean 'list' or 'ls'?")]
    [InlineData("pss", "There is no verb 'pss'. Did you mean 'ps'?")]
    [InlineData("engine isntall", "There is no verb 'isntall'. Did you mean 'install'?")]
    [InlineData("engine", "'gglib engine' needs one of: status, install, path.")]
    [InlineData("list --jsn", "There is no option '--jsn'. Did you mean '--json'?")]
    [InlineData("show --jsn x", "There is no option '--jsn'. Did you mean '--json'?")]
    [InlineData("run x --verbos hello", "There is no option '--verbos'. Did you mean '--verbose'?")]
    [InlineData("run x hello -v", "There is no option '-v'.")]
    [InlineData("show", "'gglib show' needs a name.")]
    [InlineData("run", "'gglib run' needs a model.")]
    [InlineData("cp", "'gglib cp' needs a source and a destination.")]
    [InlineData("cp x", "'gglib cp' needs a destination.")]
    [InlineData("pull", "'gglib pull' needs a name.")]
    [InlineData("stop a b", "'b' is one word too many.")]
    [InlineData("up more", "'more' is one word too many.")]
    [InlineData("up --port 99999", "'99999' is no port: give a number from 0 to 65535.")]
    [InlineData("run x --think=maybe hi", "'maybe' is no value for think: give true, false, low, medium, high or max.")]
    [InlineData("run x --format jsn hi", "'jsn' is no format: give json, or a JSON schema in one word.")]
    [InlineData("run x --format [1] hi", "'[1]' is no format: give json, or a JSON schema in one word.")]
    [InlineData("run x --keepalive soon hi", "'soon' is no duration: give for example 5m, 1h30m, 0 for not at all, or -1 for ever.")]
    [InlineData("completions tcsh", "There is no script for 'tcsh': give bash, zsh, fish, powershell.")]
    public async Task A_wrong_command_line_is_one_sentence_and_where_to_look(string line, string sentence)
    {
        Assert.Equal(ExitCode.Usage, await _run.RunAsync(line.Split(' ')));
        Assert.Equal("", _run.Output);
        Assert.Equal($"gglib: {sentence}\n", _run.Error[..(_run.Error.IndexOf('\n', StringComparison.Ordinal) + 1)]);
        Assert.Matches("^gglib: See: gglib .*--help\n$", _run.Error[(_run.Error.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
    }

    [Theory]
    [InlineData("run x", ExitCode.Usage, "Nothing was asked: give a prompt, pipe one in, or run it on a terminal.")]
    [InlineData("ps", ExitCode.NoServer, "No server answers at http://*. Start one with: gglib up (or name another one with OLLAMA_HOST)")]
    [InlineData("ps --json", ExitCode.NoServer, "No server answers at http://*. Start one with: gglib up (or name another one with OLLAMA_HOST)")]
    [InlineData("stop x", ExitCode.NoServer, "No server answers at http://*. Start one with: gglib up (or name another one with OLLAMA_HOST)")]
    [InlineData("show nothing", ExitCode.NoModel, "There is no model 'nothing' in the library. See: gglib list")]
    [InlineData("rm nothing", ExitCode.NoModel, "There is no model 'nothing' in the library. See: gglib list")]
    public async Task What_is_not_there_is_one_sentence_and_its_code(string line, int code, string sentence)
    {
        Assert.Equal(code, await _run.RunAsync(line.Split(' ')));
        Assert.Equal("", _run.Output);
        Assert.Equal($"gglib: {sentence.Replace("*", _run.Variables["OLLAMA_HOST"], StringComparison.Ordinal)}\n", _run.Error);
    }

    [Theory]
    [InlineData("run demo-cht hello", "There is no model 'demo-cht'. Did you mean 'demo-chat'?")]
    [InlineData("run nothing hello", "There is no model 'nothing'. See: gglib list")]
    [InlineData("run nothing -- --verbos", "There is no model 'nothing'. See: gglib list")]
    [InlineData("run nothing -5 + 3", "There is no model 'nothing'. See: gglib list")]
    public async Task What_is_to_run_and_neither_there_nor_to_be_had_is_said_with_the_reason(string line, string sentence)
    {
        Assert.Equal(ExitCode.Network, await _run.RunAsync(line.Split(' ')));
        Assert.Equal("", _run.Output);
        Assert.Equal($"pulling manifest\ngglib: {sentence}\nIt could not be pulled: 127.0.0.1:1 cannot be reached: Connection refused.\n", _run.Error);
    }

    [Theory]
    [InlineData("show")]
    [InlineData("rm")]
    [InlineData("verify")]
    [InlineData("repair")]
    [InlineData("cp", "y")]
    public async Task A_name_that_is_near_is_asked_for(string verb, params string[] more)
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("add", Repository.Model("demo-chat")));
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync([verb, "demo-cht", .. more]));
        Assert.Equal("gglib: There is no model 'demo-cht' in the library. Did you mean 'demo-chat'?\n", _run.Error);
    }

    [Fact]
    public async Task A_file_in_place_of_a_name_is_told_apart()
    {
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("run", Repository.Model("demo-chat"), "hello"));
        Assert.Equal($"gglib: '{Repository.Model("demo-chat")}' is a file, not a model's name. Give it one with: gglib add {Repository.Model("demo-chat")}\n", _run.Error);
    }

    [Fact]
    public async Task Files_that_are_no_models_and_names_that_are_taken_are_one_sentence()
    {
        var text = Path.Combine(_run.Folder, "text.gguf");
        await File.WriteAllTextAsync(text, "no model", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("add", text));
        Assert.Single(_run.Error.TrimEnd().Split('\n'));

        await File.WriteAllTextAsync(text, "", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("add", text));
        Assert.Equal($"gglib: '{text}' cannot be used: The file is empty.\n", _run.Error);

        if (!OperatingSystem.IsWindows() && !Environment.IsPrivilegedProcess)
        {
            File.SetUnixFileMode(text, UnixFileMode.None);
            Assert.Equal(ExitCode.NoModel, await _run.RunAsync("add", text));
            Assert.Single(_run.Error.TrimEnd().Split('\n'));
        }

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("add", Repository.Model("demo-chat"), "--name", "x"));
        Assert.Equal(ExitCode.Failure, await _run.RunAsync("add", Repository.Model("tiny-random"), "--name", "x"));
        Assert.Contains("the name 'x:latest' belongs to", _run.Error, StringComparison.Ordinal);
        Assert.Single(_run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Something_else_behind_the_address_is_no_server_and_none_is_started_beside_it()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.Use((HttpContext context, RequestDelegate _) =>
        {
            context.Response.StatusCode = context.Request.Path == "/api/version" ? 200 : 404;
            return context.Response.WriteAsync("<html>hello</html>");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        _run.Variables["OLLAMA_HOST"] = app.Urls.First();
        foreach (var line in new[] { "ps", "stop x", "run x hello" })
        {
            Assert.Equal(ExitCode.NoServer, await _run.RunAsync(line.Split(' ')));
            Assert.Matches("^gglib: What answers at http://[0-9.:]+ is no Ollama server( \\(404\\))?\\. OLLAMA_HOST names another one\\.\n$", _run.Error);
        }
    }

    [Fact]
    public async Task An_address_that_names_no_server_is_a_mistake_and_a_far_one_is_not_replaced()
    {
        _run.Variables["OLLAMA_HOST"] = "a b:1";
        Assert.Equal(ExitCode.Usage, await _run.RunAsync("ps"));
        Assert.Equal("gglib: OLLAMA_HOST is 'a b:1', which names no server. It is [scheme://]host[:port][/path].\n", _run.Error);

        _run.Variables["OLLAMA_HOST"] = "http://no-such-host.invalid:8080/ollama";
        Assert.Equal(ExitCode.NoServer, await _run.RunAsync("run", "x", "hello"));
        Assert.StartsWith("gglib: No server answers at http://no-such-host.invalid:8080/ollama (", _run.Error, StringComparison.Ordinal);
    }
}
