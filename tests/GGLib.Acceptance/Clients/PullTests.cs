using System.Security.Cryptography;
using GGLib.Catalog;
using GGLib.Tests.Catalog.Registries;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;
using OllamaSharp.Models.Exceptions;

namespace GGLib.Acceptance.Clients;

/// <summary>
/// The published OllamaSharp package has <c>gglib proxy</c>, the program itself, pull whole models from a registry and from a Hub that its variables name, and uses them on
/// a real llama-server.
/// </summary>
public sealed class PullTests : IAsyncLifetime
{
    private static readonly byte[] Weights = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "models", "demo-chat.gguf"));

    private TestRegistry? _registry;
    private ProxyProgram? _program;
    private OllamaApiClient? _client;
    private ChatDoneResponseStream? _last;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TestRegistry Registry => _registry!;

    private ProxyProgram Program => _program!;

    private OllamaApiClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        _registry = await TestRegistry.StartAsync();
        _program = await ProxyProgram.StartAsync(
            new Dictionary<string, string> { ["GGLIB_OLLAMA_REGISTRY"] = Registry.Address.ToString(), ["HF_ENDPOINT"] = Registry.Address.ToString(), ["HF_TOKEN"] = "hf_test" }, Cancellation);
        _client = new OllamaApiClient(Program.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await (_program?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_registry?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task A_model_of_a_registry_is_pulled_step_by_step_answers_is_copied_and_deleted()
    {
        Registry.AddModel(
            "library/whole",
            "q8",
            ("model", Weights),
            ("system", "You are a helpful assistant that knows the capitals of all countries and answers in one sentence."u8.ToArray()),
            ("params", """{"temperature":0,"num_predict":20}"""u8.ToArray()),
            ("license", "CC0"u8.ToArray()));
        var config = """{"model_format":"gguf"}"""u8.ToArray();
        (string Digest, long Size)[] layers =
        [
            (DigestOf(Weights), Weights.Length),
            (DigestOf("You are a helpful assistant that knows the capitals of all countries and answers in one sentence."u8), 97),
            (DigestOf("""{"temperature":0,"num_predict":20}"""u8), 34),
            (DigestOf("CC0"u8), 3),
            (DigestOf(config), config.Length),
        ];

        await AssertPulledAsync("whole:q8", layers);

        var shown = await Client.ShowModelAsync(new ShowModelRequest { Model = "whole:q8" }, Cancellation);
        Assert.Equal(("CC0", "llama"), (shown.License, shown.Details.Family));
        Assert.Contains("num_predict                    20", shown.Parameters, StringComparison.Ordinal);
        Assert.Equal("The capital of France is Paris.", await AskAsync("whole:q8"));
        Assert.Equal("whole:q8", Assert.Single(await Client.ListRunningModelsAsync(Cancellation)).Name);

        // A second pull finds everything there, and says so in the same words.
        var served = Registry.BytesServed;
        await AssertPulledAsync("whole:q8", layers);
        Assert.Equal(served, Registry.BytesServed);

        await Client.CopyModelAsync("whole:q8", "me/mine", Cancellation);
        await Client.DeleteModelAsync("whole:q8", Cancellation);
        Assert.Equal(["me/mine:latest"], await NamesAsync());
        Assert.Equal("The capital of France is Paris.", await AskAsync("me/mine"));
        await Client.DeleteModelAsync("me/mine", Cancellation);
        Assert.Empty(Directory.GetFiles(ModelLibrary.BlobFolderOf(Program.Home), "*", SearchOption.AllDirectories));
        await Assert.ThrowsAnyAsync<Exception>(() => AskAsync("whole:q8"));
    }

    [Fact]
    public async Task A_model_of_the_Hub_is_pulled_with_what_its_repository_says_of_it()
    {
        Registry.Token = "hf_test";
        Registry.AddToHub("o/r-GGUF", "README.md", "Hello"u8.ToArray(), isLfs: false);
        Registry.AddToHub("o/r-GGUF", "r-Q4_K_M.gguf", [1, 2, 3]);
        Registry.AddToHub("o/r-GGUF", "r-Q8_0.gguf", Weights);
        Registry.AddToHub("o/r-GGUF", "params", """{"temperature":0,"num_predict":3}"""u8.ToArray(), isLfs: false);

        var steps = await PullAsync("hf.co/o/r-GGUF:Q8_0");

        var name = DigestOf(Weights)["sha256:".Length..][..12];
        Assert.Equal(
            ["pulling manifest", $"pulling {name}", "pulling params", "verifying sha256 digest", "writing manifest", "success"],
            steps.Select(static step => step.Status).Distinct());
        Assert.Equal((Weights.Length, Weights.Length), steps.Where(step => step.Status == $"pulling {name}").Select(static step => (step.Total, step.Completed)).Last());
        Assert.StartsWith("The capital", await AskAsync("hf.co/o/r-GGUF:Q8_0"), StringComparison.Ordinal);
        Assert.Equal(3, _last!.EvalCount);
        await Client.CopyModelAsync("hf.co/o/r-GGUF:Q8_0", "r", Cancellation);
        await Client.DeleteModelAsync("hf.co/o/r-GGUF:Q8_0", Cancellation);
        await Client.DeleteModelAsync("r", Cancellation);
        Assert.Empty(await NamesAsync());
    }

    [Fact]
    public async Task What_is_not_there_is_told_as_Ollama_tells_it()
    {
        var error = await Assert.ThrowsAsync<ResponseError>(() => PullAsync("nope"));
        Assert.Equal("pull model manifest: file does not exist", error.Message);
    }

    private static string DigestOf(ReadOnlySpan<byte> bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Every object of a pull in its order: each file from its first to its last byte, never backwards, and nothing else between.</summary>
    private async Task AssertPulledAsync(string model, (string Digest, long Size)[] layers)
    {
        var steps = await PullAsync(model);
        Assert.Equal(
            ["pulling manifest", .. layers.Select(static layer => $"pulling {layer.Digest["sha256:".Length..][..12]}"), "verifying sha256 digest", "writing manifest", "success"],
            Runs(steps.Select(static step => step.Status)));
        foreach (var (digest, size) in layers)
        {
            var own = steps.Where(step => step.Digest == digest).ToList();
            Assert.All(own, step => Assert.Equal(size, step.Total));
            Assert.Equal(own.Select(static step => step.Completed).Order(), own.Select(static step => step.Completed));
            Assert.Equal(size, own[^1].Completed);
        }
    }

    // What repeats without a break counts once; what comes again later does not.
    private static IEnumerable<string> Runs(IEnumerable<string> words)
    {
        string? before = null;
        foreach (var word in words)
        {
            if (word != before)
            {
                yield return word;
            }

            before = word;
        }
    }

    // The demo models, with which a server on an empty library begins, are not what is looked for.
    private async Task<IEnumerable<string>> NamesAsync() =>
        (await Client.ListLocalModelsAsync(Cancellation)).Select(static model => model.Name).Where(static name => !name.StartsWith("demo-", StringComparison.Ordinal) && name != "tiny-random:latest");

    private async Task<List<PullModelResponse>> PullAsync(string model)
    {
        var steps = new List<PullModelResponse>();
        await foreach (var step in Client.PullModelAsync(new PullModelRequest { Model = model, Stream = true }, Cancellation))
        {
            steps.Add(step!);
        }

        return steps;
    }

    private async Task<string> AskAsync(string model)
    {
        var text = "";
        await foreach (var chunk in Client.ChatAsync(new ChatRequest { Model = model, Think = false, Messages = [new Message(ChatRole.User, "What is the capital of France?")] }, Cancellation))
        {
            text += chunk!.Message.Content;
            _last = chunk as ChatDoneResponseStream ?? _last;
        }

        return text;
    }
}
