using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using FakeLlama.Script;

namespace GGLib.Tests.FakeLlamaServer;

/// <summary>Each thing that goes wrong on request goes wrong that way, seen from outside.</summary>
public sealed class FakeFaultTests
{
    private const string Ask = """{"stream":true,"messages":[]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_is_503_until_the_model_is_loaded()
    {
        using var model = new FakeModel(new FakeScript { LoadMilliseconds = 4000, LoadStderr = ["CPU model buffer size = 1.00 MiB"] });
        await using var server = FakeServerProcess.Start(model);

        await server.UntilHealth(503);
        using var loading = await server.Http.GetAsync("/props", Cancellation);
        Assert.Equal("""{"error":{"message":"Loading model","type":"unavailable_error","code":503}}""", await loading.Content.ReadAsStringAsync(Cancellation));

        await server.UntilHealth(200);

        // Its lines come through another pipe than its answers.
        while (!server.Stderr.Contains("CPU model buffer size = 1.00 MiB"))
        {
            await Task.Delay(5, Cancellation);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public async Task A_load_that_fails_exits_with_its_reason(int loadMilliseconds)
    {
        using var model = new FakeModel(new FakeScript
        {
            LoadMilliseconds = loadMilliseconds,
            ExitAtStart = new FakeExit { Code = 1, Stderr = ["error loading model: unknown model architecture: 'x'"] },
        });
        await using var server = FakeServerProcess.Start(model);

        Assert.Equal(1, await server.Exit());
        Assert.Contains("error loading model: unknown model architecture: 'x'", server.Stderr);
    }

    [Fact]
    public async Task A_crash_comes_after_the_chunks_it_was_told_and_kills_at_once()
    {
        using var model = new FakeModel(new FakeScript { CrashAfterChunks = 2, CrashStderr = "GGML_ASSERT failed" });
        await using var server = await FakeServerProcess.StartReady(model);

        var (text, ended) = await Stream(server);

        Assert.False(ended);
        Assert.Contains("capital", text);
        Assert.DoesNotContain(" of", text);
        Assert.NotEqual(0, await server.Exit());
        Assert.Contains("GGML_ASSERT failed", server.Stderr);
    }

    [Fact]
    public async Task A_fault_that_happens_once_does_not_happen_again_after_a_restart()
    {
        using var model = new FakeModel(new FakeScript { CrashAfterChunks = 1, FaultOnce = true });
        await using (var first = await FakeServerProcess.StartReady(model))
        {
            Assert.False((await Stream(first)).Ended);
            await first.Exit();
        }

        File.Delete(Path.Combine(model.Directory, "s.sock"));
        await using var second = await FakeServerProcess.StartReady(model);

        Assert.True((await Stream(second)).Ended);
        Assert.True(model.FaultHappened);
    }

    [Fact]
    public async Task Closing_early_ends_the_connection_but_not_the_server()
    {
        using var model = new FakeModel(new FakeScript { CloseAfterChunks = 1 });
        await using var server = await FakeServerProcess.StartReady(model);

        var (text, ended) = await Stream(server);

        Assert.False(ended);
        Assert.Contains("\"The\"", text);
        await server.UntilHealth(200);
    }

    [Fact]
    public async Task A_hanging_stream_is_silent_and_holds_sigterm_until_the_client_goes()
    {
        using var model = new FakeModel(new FakeScript { HangAfterChunks = 1 });
        await using var server = await FakeServerProcess.StartReady(model);
        var answer = await server.Post("/v1/chat/completions", Ask, Cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        await ReadUntil(body, "\"The\"");

        server.Signal(PosixSignal.SIGTERM);
        var silence = body.ReadAsync(new byte[1], Cancellation).AsTask();
        var exit = server.Exit();
        Assert.NotSame(exit, await Task.WhenAny(exit, silence, Task.Delay(300, Cancellation)));
        Assert.False(silence.IsCompleted);

        answer.Dispose();
        Assert.Equal(0, await exit);
    }

    [Fact]
    public async Task Sigterm_ends_an_idle_server_and_leaves_the_socket_file()
    {
        using var model = new FakeModel();
        await using var server = await FakeServerProcess.StartReady(model);

        server.Signal(PosixSignal.SIGTERM);

        Assert.Equal(0, await server.Exit());
        Assert.True(File.Exists(server.Socket));
        await using var second = FakeServerProcess.Start(model);
        Assert.Equal(1, await second.Exit());
        Assert.Contains(second.Stderr, line => line.Contains("couldn't bind HTTP server socket", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sigterm_can_be_ignored()
    {
        using var model = new FakeModel(new FakeScript { IgnoreSigterm = true });
        await using var server = await FakeServerProcess.StartReady(model);

        server.Signal(PosixSignal.SIGTERM);

        var exit = server.Exit();
        Assert.NotSame(exit, await Task.WhenAny(exit, Task.Delay(300, Cancellation)));
        await server.UntilHealth(200);
    }

    [Fact]
    public async Task Health_can_hang()
    {
        using var model = new FakeModel(new FakeScript { HangAtHealth = true, FaultOnce = true });
        await using var server = FakeServerProcess.Start(model);
        while (!server.Stderr.Any(line => line.Contains("listening on", StringComparison.Ordinal)))
        {
            await Task.Delay(5, Cancellation);
        }

        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var hanging = server.Http.GetAsync("/health", impatient.Token);
        while (!model.FaultHappened)
        {
            await Task.Delay(5, Cancellation);
        }

        Assert.False(hanging.IsCompleted);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        await server.UntilHealth(200);
    }

    [Fact]
    public async Task Garbage_and_huge_lines_are_sent_as_told()
    {
        using var model = new FakeModel(new FakeScript { GarbageAfterChunks = 1, Garbage = [0xff, 0x00, 0x0a], HugeLineBytes = 3_000_000 });
        await using var server = await FakeServerProcess.StartReady(model);
        using var answer = await server.Post("/v1/chat/completions", Ask, Cancellation);

        var bytes = await answer.Content.ReadAsByteArrayAsync(Cancellation);

        var text = Encoding.Latin1.GetString(bytes);
        Assert.Contains("\n\n\u00ff\0\n", text);
        Assert.Equal(3_000_000, text.Split("\n\n").Max(line => line.Length) + 2);
        Assert.EndsWith("data: [DONE]\n\n", text);
    }

    [Fact]
    public async Task Bytes_are_cut_where_told()
    {
        using var model = new FakeModel(new FakeScript { Text = "é", CutEvery = 7, CutPauseMicroseconds = 2000 });
        await using var server = await FakeServerProcess.StartReady(model);
        using var answer = await server.Post("/v1/chat/completions", Ask, Cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);

        var pieces = new List<int>();
        var buffer = new byte[4096];
        while (await body.ReadAsync(buffer, Cancellation) is var count and > 0)
        {
            pieces.Add(count);
        }

        // A late reader may find two pieces at once; what matters is that reads end at the cuts.
        Assert.All(pieces.SkipLast(1), count => Assert.Equal(0, count % 7));
        Assert.True(pieces.Count > 10, $"{pieces.Count} pieces");
    }

    [Fact]
    public async Task Raw_events_and_deltas_are_sent_as_they_are()
    {
        using var model = new FakeModel(new FakeScript
        {
            Chunks =
            [
                new FakeChunk { Raw = ": ping\n\n" },
                new FakeChunk { Delta = System.Text.Json.JsonElement.Parse("""{"content":"x","odd":1}""") },
                new FakeChunk { Raw = "data: {\"error\":{\"code\":500,\"message\":\"m\",\"type\":\"server_error\"}}\n\n" },
            ],
        });
        await using var server = await FakeServerProcess.StartReady(model);

        var (text, _) = await Stream(server);

        Assert.Contains("\n\n: ping\n\ndata: ", text);
        Assert.Contains("\"delta\":{\"content\":\"x\",\"odd\":1}}]", text);
        Assert.Contains("\n\ndata: {\"error\":{\"code\":500,", text);
    }

    [Fact]
    public async Task A_path_can_answer_something_else_for_a_while()
    {
        using var model = new FakeModel(new FakeScript
        {
            Answers = new Dictionary<string, FakeAnswer> { ["/v1/chat/completions"] = new() { Status = 500, Body = "{\"error\":1}", Times = 1 } },
        });
        await using var server = await FakeServerProcess.StartReady(model);

        using var first = await server.Post("/v1/chat/completions", Ask, Cancellation);
        using var second = await server.Post("/v1/chat/completions", Ask, Cancellation);

        Assert.Equal((HttpStatusCode)500, first.StatusCode);
        Assert.Equal("{\"error\":1}", await first.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
    }

    [Fact]
    public async Task Requests_are_recorded_in_memory_and_in_a_file()
    {
        using var model = new FakeModel();
        var file = Path.Combine(model.Directory, "asked.jsonl");
        model.Write(new FakeScript { RecordTo = file });
        await using var server = await FakeServerProcess.StartReady(model);

        using var answer = await server.Post("/tokenize?x=1", """{"content":"é"}""", Cancellation);

        foreach (var asked in new[] { FakeModel.Recorded(file)[^1], (await server.Requests(Cancellation))[^1] })
        {
            Assert.Equal(("POST", "/tokenize?x=1", """{"content":"é"}"""), (asked.Method, asked.Path, asked.Body));
            Assert.Equal("application/json; charset=utf-8", asked.Headers["Content-Type"]);
        }
    }

    [Fact]
    public async Task A_script_can_change_while_the_server_runs()
    {
        using var model = new FakeModel(new FakeScript { Text = "before" });
        await using var server = await FakeServerProcess.StartReady(model);
        Assert.Contains("before", (await Stream(server)).Text);

        model.Write(new FakeScript { Text = "after" });

        Assert.Contains("after", (await Stream(server)).Text);
    }

    [Fact]
    public async Task A_script_written_by_hand_needs_only_what_differs()
    {
        using var model = new FakeModel();
        File.WriteAllText(model.ScriptPath, """{ "reasoning": "Hm", /* the rest as always */ }""");
        await using var server = await FakeServerProcess.StartReady(model);

        var (text, _) = await Stream(server);

        Assert.Contains("\"Hm\"", text);
        Assert.Contains("\" Paris\"", text);
        Assert.Contains("timings", text);
    }

    [Fact]
    public async Task Requests_beyond_the_slots_wait()
    {
        using var model = new FakeModel(new FakeScript { HangAfterChunks = 0, FaultOnce = true });
        await using var server = await FakeServerProcess.StartReady(model, "-np", "1");
        var first = await server.Post("/v1/chat/completions", Ask, Cancellation);

        var second = server.Post("/v1/chat/completions", Ask, Cancellation);
        Assert.NotSame(second, await Task.WhenAny(second, Task.Delay(200, Cancellation)));
        using var full = await server.Http.GetAsync("/slots?fail_on_no_slot=1", Cancellation);
        first.Dispose();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, full.StatusCode);
        Assert.Contains("[DONE]", await (await second).Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task No_token_comes_before_its_time()
    {
        using var model = new FakeModel(new FakeScript { Chunks = [new FakeChunk { Content = "x" }], Repeat = 200, TokensPerSecond = 400, Slots = 0 });
        await using var server = await FakeServerProcess.StartReady(model);

        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Stream(server)));

        // 199 intervals of 2.5 ms. How late tokens come depends on the machine: bench/run measures it.
        Assert.True(clock.Elapsed.TotalMilliseconds >= 495, $"{clock.Elapsed}");
    }

    [Fact]
    public async Task The_command_line_is_llama_servers()
    {
        Assert.Equal((0, "", "version: 0.0.0 (build 1, commit fake)\n"), await FirstLines("--version"));
        Assert.Equal((1, "", "error: invalid argument: --no-mmap\n"), await FirstLines("--no-mmap"));
        Assert.Equal((0, "----- common params -----\n", ""), await FirstLines("--help"));
        var missing = await FirstLines("--model", "/nope.gguf", "--host", Path.Combine(Path.GetTempPath(), "ggf-nope.sock"));
        Assert.Equal(1, missing.Code);
    }

    private static async Task<(int Code, string Out, string Error)> FirstLines(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(FakeModel.ProgramPath, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var error = process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, First(await output), First(await error));
    }

    private static string First(string text) => text.Length == 0 ? "" : text.Split('\n')[0] + "\n";

    /// <summary>The stream's text, and whether it came to a proper end.</summary>
    private static async Task<(string Text, bool Ended)> Stream(FakeServerProcess server)
    {
        using var answer = await server.Post("/v1/chat/completions", Ask, Cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await body.ReadAsync(buffer, Cancellation) is var count and > 0)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }

            return (text.ToString(), true);
        }
        catch (IOException)
        {
            return (text.ToString(), false);
        }
    }

    private static async Task ReadUntil(Stream body, string expected)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains(expected, StringComparison.Ordinal))
        {
            var count = await body.ReadAsync(buffer, Cancellation);
            Assert.NotEqual(0, count);
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }
}
