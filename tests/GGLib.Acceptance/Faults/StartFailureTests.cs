using System.Net;
using System.Net.Http.Json;
using GGLib.Catalog;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Gguf;
using GGLib.Server;
using GGLib.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace GGLib.Acceptance.Faults;

/// <summary>Why the real llama-server could not load a model is what the client reads.</summary>
public sealed class StartFailureTests : IDisposable
{
    private static readonly string Demo = Path.Combine(AppContext.BaseDirectory, "models", "demo-chat.gguf");

    // Children are numbered from 1 by each server: two servers of one process must not share a run folder.
    private static readonly string RunsFor = Path.Combine(AcceptanceEngine.DataFolder, "start-failures");

    private readonly string _folder = Directory.CreateTempSubdirectory("gglib-start-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_architecture_that_llama_server_does_not_know()
    {
        var path = Path.Combine(_folder, "odd.gguf");
        new GgufWriter().Add("general.architecture", "bogus").Add("tokenizer.chat_template", "{{ messages }}").AddZeros("token_embd.weight", GgufTensorType.F32, 4, 2).Write(path);
        await AssertReasonAsync(path, "unknown model architecture: 'bogus'", await AcceptanceEngine.GetAsync(Cancellation), new EngineSettings());
    }

    [Fact]
    public async Task Memory_that_is_not_there()
    {
        // 256 slots of the whole context need 2.5 GiB; a gigabyte is enough for all else, once the thread of each slot has a small stack.
        var engine = await AcceptanceEngine.GetAsync(Cancellation);
        var limited = engine with { Command = ["/bin/sh", "-c", "ulimit -s 256; ulimit -v 1000000; exec \"$@\"", "sh", .. engine.Command] };
        await AssertReasonAsync(Demo, "not enough memory: ", limited, new EngineSettings { ContextLength = 4096, Parallel = 256 });
    }

    [Fact]
    public async Task A_flag_that_llama_server_does_not_know()
    {
        var engine = await AcceptanceEngine.GetAsync(Cancellation);
        await AssertReasonAsync(Demo, "error: invalid argument: --no-such-flag", engine with { Command = [.. engine.Command, "--no-such-flag"] }, new EngineSettings());
    }

    [Fact]
    public async Task A_file_that_ends_too_early()
    {
        // Straight to the factory: the catalog would not take such a file.
        var path = Path.Combine(_folder, "cut.gguf");
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(Demo, Cancellation))[..200_000], Cancellation);
        var runners = new LlamaServerFactory(await AcceptanceEngine.GetAsync(Cancellation), RunDirectory.Open(RunsFor), TimeProvider.System, NullLogger<LlamaServerFactory>.Instance);

        var result = await runners.StartAsync(new RunnerRequest(new EngineModel { Key = "cut", Path = path }, 1, null, new EngineSettings()), Cancellation);

        Assert.Null(result.Runner);
        Assert.Equal(
            "error loading model cut.gguf: tensor 'token_embd.weight' data is not within the file bounds, model is corrupted or incomplete (exit code 1)",
            result.Failure?.Message);
    }

    private async Task AssertReasonAsync(string path, string reason, EngineBinary engine, EngineSettings settings)
    {
        using var catalog = ModelCatalog.OpenInMemory(TimeProvider.System);
        Assert.True(catalog.AddTransient(path, "subject").Succeeded);
        var runners = new LlamaServerFactory(engine, RunDirectory.Open(RunsFor), TimeProvider.System, NullLogger<LlamaServerFactory>.Instance);
        await using var server = GGLibServer.Create(new ServerOptions { Version = "0.0.0-test", Port = 0 }, settings, catalog, runners, TimeProvider.System);
        await server.StartAsync(Cancellation);
        using var http = new HttpClient { BaseAddress = new Uri(server.Addresses.First()) };
        var expected = $"error loading model {Path.GetFileName(path)}: {reason}";
        object[] messages = [new { role = "user", content = "hi" }];

        using var ollama = await http.PostAsJsonAsync("/api/chat", new { model = "subject", messages }, Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, ollama.StatusCode);
        Assert.StartsWith($$"""{"error":"{{expected}}""", await ollama.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);

        using var openAI = await http.PostAsJsonAsync("/v1/chat/completions", new { model = "subject", messages }, Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, openAI.StatusCode);
        Assert.StartsWith($$"""{"error":{"message":"{{expected}}""", await openAI.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }
}
