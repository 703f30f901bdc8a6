using System.Text.Json;
using GGLib.Engine.Launching;
using GGLib.Rendering;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server;

namespace GGLib.Tests.Program;

/// <summary><c>ps</c>, <c>stop</c> and <c>run</c> against the whole server over a scripted engine.</summary>
public sealed class RunningServerVerbTests : IDisposable
{
    private static readonly string[] Paris =
    [
        """{"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1,"id":"c","model":"m","object":"chat.completion.chunk"}""",
        """{"choices":[{"finish_reason":null,"index":0,"delta":{"reasoning_content":"Let me see."}}],"created":1,"id":"c","model":"m","object":"chat.completion.chunk"}""",
        """{"choices":[{"finish_reason":null,"index":0,"delta":{"content":"Paris\u001b[2J, "}}],"created":1,"id":"c","model":"m","object":"chat.completion.chunk"}""",
        """{"choices":[{"finish_reason":null,"index":0,"delta":{"content":"France."}}],"created":1,"id":"c","model":"m","object":"chat.completion.chunk"}""",
        """{"choices":[{"finish_reason":"stop","index":0,"delta":{}}],"created":1,"id":"c","model":"m","object":"chat.completion.chunk"}""",
        """{"choices":[],"created":1,"id":"c","model":"m","object":"chat.completion.chunk","usage":{"completion_tokens":9,"prompt_tokens":20,"total_tokens":29},"timings":{"prompt_n":20,"prompt_ms":10.5,"predicted_n":9,"predicted_ms":90.0}}""",
        "[DONE]",
    ];

    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task What_is_loaded_is_listed_and_can_be_stopped()
    {
        await using var server = await StartAsync();
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("ps"));
        Assert.Equal(("", "gglib: No model is loaded.\n"), (_run.Output, _run.Error));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("stop", "tiny"));
        Assert.Equal("gglib: 'tiny:latest' is not loaded.\n", _run.Error);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", "tiny", ""));
        Assert.Equal("", _run.Output);
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("ps"));
        var lines = _run.Output.TrimEnd().Split('\n');
        Assert.Matches("^NAME +ID +SIZE +PROCESSOR +CONTEXT +UNTIL +STATE$", lines[0]);
        Assert.Matches("^tiny:latest +[0-9a-f]{12} .* 81%/19% CPU/GPU +2048 +[45] minutes from now +ready$", lines[1]);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("ps", "--json"));
        using (var json = JsonDocument.Parse(_run.Output))
        {
            var model = json.RootElement.GetProperty("models")[0];
            Assert.Equal("tiny:latest", model.GetProperty("name").GetString());
            Assert.Equal(2048, model.GetProperty("context_length").GetInt64());
            Assert.Equal(("ready", 0, 0), (model.GetProperty("state").GetString(), model.GetProperty("active_requests").GetInt32(), model.GetProperty("waiting_requests").GetInt32()));
        }

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("stop", "TINY"));
        Assert.Equal("Stopped 'tiny:latest'\n", _run.Output);
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("ps"));
        Assert.Equal("", _run.Output);
    }

    [Fact]
    public void What_a_model_does_is_told_in_words() => Assert.Equal(
        ("ready, 3 answering, 2 waiting, pinned", "starting, 1 waiting", "-"),
        (LoadedTable.State(new() { Name = "a", Phase = "ready", ActiveRequests = 3, WaitingRequests = 2, Pinned = true }), LoadedTable.State(new() { Name = "a", Phase = "starting", WaitingRequests = 1 }), LoadedTable.State(null)));

    [Fact]
    public async Task A_model_nobody_has_is_told_with_the_names_that_are_near()
    {
        await using var server = await StartAsync();
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("stop", "tinnytools"));
        Assert.Equal("gglib: There is no model 'tinnytools'. Did you mean 'tinytools'?\n", _run.Error);
        Assert.Equal(ExitCode.Failure, await _run.RunAsync("run", "tinnytools", "hi"));
        Assert.StartsWith("gglib: There is no model 'tinnytools'. Did you mean 'tinytools'?\nIt could not be pulled: ", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_the_output_and_timings_are_beside_it()
    {
        await using var server = await StartAsync();
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", "tinytools", "What", "is it?", "--verbose", "--think", "--format", "json", "--system", "Be short.", "--keepalive", "-1"));
        Assert.Equal("Paris\e[2J, France.\n", _run.Output);
        Assert.Matches("^\ntotal duration: +[0-9.]+[µm]?s\n", _run.Error);
        Assert.Contains("prompt eval count:    20 token(s)\nprompt eval duration: 10.5ms\nprompt eval rate:     1904.76 tokens/s\neval count:           9 token(s)\neval duration:        90ms\neval rate:            100.00 tokens/s\n", _run.Error, StringComparison.Ordinal);
        var call = await server.Engine.NextAsync();
        using var asked = JsonDocument.Parse(call.Body);
        Assert.Equal(
            """[{"role":"system","content":"Be short."},{"role":"user","content":"What is it?"}]""",
            asked.RootElement.GetProperty("messages").GetRawText());

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("ps"));
        Assert.Contains("Forever", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Piped_text_goes_before_the_prompt()
    {
        await using var server = await StartAsync();
        _run.Piped = "some notes\n";
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", "tiny", "sum it up"));
        using var asked = JsonDocument.Parse((await server.Engine.NextAsync()).Body);
        Assert.Equal("some notes\n sum it up", asked.RootElement.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task An_image_is_taken_by_its_path_when_the_model_can_see()
    {
        await using var server = await StartAsync();
        var image = Path.Combine(_run.Folder, "a cat.png");
        await File.WriteAllBytesAsync(image, [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", "tinysee", $"What is in '{image}'?"));
        var body = (await server.Engine.NextAsync()).Body;
        Assert.Contains("iVBORw0KGgo=", body, StringComparison.Ordinal);
        Assert.Contains("What is in ?", body, StringComparison.Ordinal);

        await File.WriteAllTextAsync(image, "no image", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Failure, await _run.RunAsync("run", "tinysee", image.Replace(" ", "\\ ", StringComparison.Ordinal)));
        Assert.Equal($"gglib: '{image}' is no PNG or JPEG image.\n", _run.Error);

        // To a model that cannot see, a path is text.
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", "tiny", image));
    }

    [Fact]
    public async Task What_the_server_refuses_is_its_own_sentence()
    {
        await using var server = await StartAsync();
        Assert.Equal(ExitCode.Failure, await _run.RunAsync("run", "tiny", "hi", "--think=high"));
        Assert.Equal("gglib: \"tiny:latest\" does not support thinking.\n", _run.Error);
    }

    [Theory]
    [InlineData(0, 100, "100% CPU")]
    [InlineData(100, 100, "100% GPU")]
    [InlineData(70, 100, "30%/70% CPU/GPU")]
    public void The_processor_is_told_as_Ollama_tells_it(long gpu, long size, string text) => Assert.Equal(text, LoadedTable.Processor(size, gpu));

    [Theory]
    [InlineData(0.5, "less than a second from now")]
    [InlineData(299, "4 minutes from now")]
    [InlineData(60, "1 minute from now")]
    [InlineData(7300, "2 hours from now")]
    [InlineData(-1, "Stopping...")]
    [InlineData(9e9, "Forever")]
    public void The_end_is_told_in_words(double seconds, string text)
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(text, LoadedTable.Until(now + TimeSpan.FromSeconds(seconds), now));
    }

    [Theory]
    [InlineData(999, "999ns")]
    [InlineData(1_500, "1.5µs")]
    [InlineData(10_500_000, "10.5ms")]
    [InlineData(1_234_567_890, "1.23456789s")]
    [InlineData(62_500_000_000, "1m2.5s")]
    [InlineData(3_600_000_000_000, "1h0m0s")]
    public void A_duration_is_written_as_Go_writes_it(long nanoseconds, string text) => Assert.Equal(text, Quantity.Measured(nanoseconds));

    private async Task<TestServer> StartAsync()
    {
        var runners = new FakeRunnerFactory(new ScriptedEngine { Answer = static _ => ScriptedEngine.Events(Paris) });
        var server = await TestServer.StartAsync(runners, settings: new EngineSettings { KeepAlive = KeepAlive.For(TimeSpan.FromMinutes(5)) });
        _run.Variables["OLLAMA_HOST"] = server.Address;
        return server;
    }
}
