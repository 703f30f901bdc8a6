using System.Collections.Frozen;
using System.Net;
using System.Text.RegularExpressions;
using FakeLlama.Script;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Gguf;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.FakeLlamaServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace GGLib.Tests.Server;

/// <summary>What goes wrong with a real child process, as the client of the whole server sees it.</summary>
public sealed partial class ProcessFaultTests : IDisposable
{
    private const string Chat = """{"model":"fake","messages":[{"role":"user","content":"hi"}]}""";

    private readonly FakeModel _model = new();
    private readonly string _runFolder;

    public ProcessFaultTests() => _runFolder = Path.GetDirectoryName(RunDirectory.Open(_model.Directory).CreateAddress(0).SocketPath)!;

    public void Dispose()
    {
        // What a server leaves there when it has ended: nothing.
        Assert.Empty(Directory.GetFiles(_runFolder));
        Directory.Delete(_runFolder, recursive: true);
        _model.Dispose();
    }

    [Fact]
    public async Task A_slow_load_is_waited_for()
    {
        _model.Write(new FakeScript { LoadMilliseconds = 700 });
        await using var server = await StartAsync();
        var answer = await server.PostAsync("/api/chat", Chat);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("The capital of France is Paris.", string.Concat(ContentPattern().Matches(answer.Text).Select(match => match.Groups[1].Value)));
        Assert.Contains("\"done_reason\":\"stop\"", answer.Text, StringComparison.Ordinal);
        var relayed = await server.PostAsync("/v1/chat/completions", """{"model":"fake","messages":[{"role":"user","content":"hi"}]}""");
        Assert.Contains("\"model\":\"fake\"", relayed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("gglib-", relayed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_of_a_crash_at_start_reaches_the_client_and_the_next_request_tries_again()
    {
        _model.Write(new FakeScript { FaultOnce = true, ExitAtStart = new FakeExit { Stderr = ["0.00.050.184 E llama_model_load: error loading model: unknown model architecture: 'x'", "0.00.050.998 E srv  llama_server: exiting due to model loading error"] } });
        await using var server = await StartAsync();

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.InternalServerError, "application/json; charset=utf-8", """{"error":"error loading model fake.gguf: unknown model architecture: 'x' (exit code 1)"}"""),
            await server.PostAsync("/api/chat", Chat));
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", Chat)).Status);
    }

    [Theory]
    [InlineData("error: invalid argument: --x", 1, "error: invalid argument: --x (exit code 1)")]
    [InlineData("llama-server: error while loading shared libraries: libllama.so: cannot open shared object file: No such file or directory", 127, "llama-server: error while loading shared libraries: libllama.so: cannot open shared object file: No such file or directory (exit code 127)")]
    [InlineData("0.00.1 E ggml_aligned_malloc: insufficient memory (attempted to allocate 4883.12 MB)", 1, "not enough memory: insufficient memory (attempted to allocate 4883.12 MB) (exit code 1)")]
    [InlineData("hello", 137, "killed by signal 9, as the operating system does when memory runs out")]
    public async Task Every_reason_of_a_failed_start_reaches_the_client_in_both_dialects(string lastWords, int code, string reason)
    {
        _model.Write(new FakeScript { ExitAtStart = new FakeExit { Stderr = [lastWords], Code = code } });
        await using var server = await StartAsync();

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.InternalServerError, "application/json; charset=utf-8", $$"""{"error":"error loading model fake.gguf: {{reason}}"}"""),
            await server.PostAsync("/api/chat", Chat));
        var relayed = await server.PostAsync("/v1/chat/completions", Chat);
        Assert.Equal(HttpStatusCode.InternalServerError, relayed.Status);
        Assert.StartsWith($$"""{"error":{"message":"error loading model fake.gguf: {{reason}}",""", relayed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_is_what_the_child_tells()
    {
        _model.Write(new FakeScript { LoadStderr = ["0.01 I load_tensors: CPU_Mapped model buffer size = 3.00 MiB", "0.01 I load_tensors: CUDA0 model buffer size = 5.00 MiB"] });
        await using var server = await StartAsync();
        await server.PostAsync("/api/chat", Chat);

        var loaded = (await server.AskAsync("GET", "/api/ps")).Text;
        Assert.Contains("\"size\":8388608,", loaded, StringComparison.Ordinal);
        Assert.Contains("\"size_vram\":5242880,", loaded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_words_of_a_crash_in_mid_stream_are_the_last_line_and_the_next_request_works()
    {
        _model.Write(new FakeScript { FaultOnce = true, CrashAfterChunks = 2, CrashStderr = "ggml.c:1: GGML_ASSERT(fake) failed" });
        await using var server = await StartAsync();
        var answer = await server.PostAsync("/api/chat", Chat);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.EndsWith("""
            {"error":"an error was encountered while running the model: llama-server ended unexpectedly: ggml.c:1: GGML_ASSERT(fake) failed (ended by signal 9)"}

            """, answer.Text, StringComparison.Ordinal);
        Assert.Equal(3, answer.Text.Count(character => character == '\n'));
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", Chat)).Status);
    }

    [Fact]
    public async Task A_connection_that_closes_in_mid_stream_is_no_whole_answer()
    {
        _model.Write(new FakeScript { FaultOnce = true, CloseAfterChunks = 2 });
        await using var server = await StartAsync();

        Assert.Contains("""{"error":"an error was encountered while running the model: """, (await server.PostAsync("/api/chat", Chat)).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", Chat)).Status);
    }

    [Fact]
    public async Task A_load_that_shows_no_progress_is_given_up()
    {
        _model.Write(new FakeScript { HangAtHealth = true });
        await using var server = await StartAsync(new EngineSettings { LoadStallTimeout = TimeSpan.FromSeconds(1) });

        Assert.Equal(
            """{"error":"error loading model fake.gguf: no sign of progress for 1 s"}""",
            (await server.PostAsync("/api/chat", Chat)).Text);
    }

    [Fact]
    public async Task A_child_that_ignores_the_request_to_end_is_killed()
    {
        _model.Write(new FakeScript { IgnoreSigterm = true });
        await using var server = await StartAsync(new EngineSettings { StopGrace = TimeSpan.FromMilliseconds(100) });
        await server.PostAsync("/api/chat", Chat);
        var pid = Assert.Single(Directory.GetFiles(_runFolder, "*.pid"));
        var child = ProcessIdentity.Parse((await File.ReadAllLinesAsync(pid, Limit.Token))[1])!.Value;
        Assert.True(child.IsRunning);

        await server.StopAsync();

        Assert.False(child.IsRunning);
    }

    [Fact]
    public async Task A_file_that_has_changed_is_served_by_a_new_child_and_the_old_one_is_ended()
    {
        await using var server = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", Chat)).Status);
        var oldFile = Assert.Single(Directory.GetFiles(_runFolder, "*.pid"));
        var old = await ChildAsync(oldFile);

        // Another model under the same name and path, as a download puts it there.
        new GgufWriter().Add("general.architecture", "llama").Add("llama.context_length", 512u).AddZeros("token_embd.weight", GgufTensorType.F32, 4, 2).Write(_model.Path + ".new");
        File.Move(_model.Path + ".new", _model.Path, overwrite: true);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", Chat)).Status);

        await old.GoneAsync();
        var current = await ChildAsync(Assert.Single(Directory.GetFiles(_runFolder, "*.pid"), file => file != oldFile));
        Assert.True(current.IsRunning);
        Assert.Contains("\"llama.context_length\":512", (await server.PostAsync("/api/show", """{"model":"fake"}""")).Text, StringComparison.Ordinal);
        using var loaded = System.Text.Json.JsonDocument.Parse((await server.AskAsync("GET", "/api/ps")).Text);
        Assert.Equal(1, loaded.RootElement.GetProperty("models").GetArrayLength());
    }

    [Fact]
    public async Task A_removed_run_folder_costs_a_restart_of_the_engine_and_no_request()
    {
        await using var server = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", Chat)).Status);
        var old = await ChildAsync(Assert.Single(Directory.GetFiles(_runFolder, "*.pid")));

        Directory.Delete(_runFolder, recursive: true);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", Chat)).Status);

        await old.GoneAsync();
        Assert.True((await ChildAsync(Assert.Single(Directory.GetFiles(_runFolder, "*.pid")))).IsRunning);
    }

    [Fact]
    public async Task A_removed_socket_leaves_open_answers_alone()
    {
        _model.Write(new FakeScript { Text = "a b c d e f g h", ChunkDelayMicroseconds = 200_000 });
        await using var server = await StartAsync();
        using var open = await server.SendAsync(server.Request("POST", "/api/chat", Chat));
        var old = await ChildAsync(Assert.Single(Directory.GetFiles(_runFolder, "*.pid")));

        File.Delete(Assert.Single(Directory.GetFiles(_runFolder, "*.sock")));
        var second = server.PostAsync("/api/chat", Chat);

        Assert.Contains("\"done_reason\":\"stop\"", await open.Content.ReadAsStringAsync(Limit.Token), StringComparison.Ordinal);
        Assert.Contains("\"done_reason\":\"stop\"", (await second).Text, StringComparison.Ordinal);
        Assert.False(old.IsRunning);
    }

    private static async Task<ProcessIdentity> ChildAsync(string pidFile) => ProcessIdentity.Parse((await File.ReadAllLinesAsync(pidFile, Limit.Token))[1])!.Value;

    private async Task<TestServer> StartAsync(EngineSettings? settings = null)
    {
        var binary = new EngineBinary
        {
            Path = FakeModel.ProgramPath,
            Command = [FakeModel.ProgramPath],
            Origin = EngineOrigin.Configured,
            Version = "fake",
            Flags = FakeLlama.CommandLine.HelpText.Flags.Keys.ToFrozenSet(),
        };
        var factory = new LlamaServerFactory(binary, RunDirectory.Open(_model.Directory), TimeProvider.System, NullLogger<LlamaServerFactory>.Instance);
        var server = await TestServer.StartAsync(factory, settings: settings);
        Assert.True(server.Catalog.AddTransient(_model.Path, "fake").Succeeded);
        return server;
    }

    [GeneratedRegex("\"content\":\"([^\"]*)\"")]
    private static partial Regex ContentPattern();
}
