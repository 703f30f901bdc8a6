using System.Security.Cryptography;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;

namespace GGLib.Acceptance.Clients;

/// <summary>The published OllamaSharp package makes, copies, shows and deletes models, and what is stored with them is in force on a real llama-server.</summary>
public sealed class LibraryTests : IAsyncLifetime
{
    private static readonly string Models = Path.Combine(AppContext.BaseDirectory, "models");

    private StoredServer? _server;
    private OllamaApiClient? _client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private StoredServer Server => _server!;

    private OllamaApiClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        _server = await StoredServer.StartAsync("library-tests", Cancellation);
        _client = new OllamaApiClient(Server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_model_is_sent_made_copied_shown_and_deleted()
    {
        var weights = await File.ReadAllBytesAsync(Path.Combine(Models, "demo-chat.gguf"), Cancellation);
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(weights));
        Assert.False(await Client.IsBlobExistsAsync(digest, Cancellation));
        await Client.PushBlobAsync(digest, weights, Cancellation);
        Assert.True(await Client.IsBlobExistsAsync(digest, Cancellation));

        var made = await CreateAsync(new CreateModelRequest { Model = "sent", Files = new() { ["demo-chat.gguf"] = digest } });
        Assert.Equal(["parsing GGUF", $"using existing layer {digest}", "writing manifest", "success"], made);
        Assert.Equal(
            ["using existing layer " + digest, "creating new layer", "creating new layer", "creating new layer", "creating new layer", "writing manifest", "success"],
            (await CreateAsync(new CreateModelRequest
            {
                Model = "mario",
                From = "sent",
                System = "You are Mario.",
                License = "MIT",
                Parameters = new() { ["temperature"] = 0, ["stop"] = new[] { "<|end|>" } },
                Messages = [new Message(ChatRole.User, "Who are you?"), new Message(ChatRole.Assistant, "It's me.")],
            })).Select(static step => step.StartsWith("creating", StringComparison.Ordinal) ? step.Split(" sha256:")[0] : step));
        await Client.CopyModelAsync("mario", "ns/luigi:v2", Cancellation);

        var listed = (await Client.ListLocalModelsAsync(Cancellation)).ToList();
        Assert.Equal(["ns/luigi:v2", "mario:latest", "sent:latest"], listed.Select(static model => model.Name));
        Assert.Equal(listed[0].Digest, listed[1].Digest);
        var shown = await Client.ShowModelAsync(new ShowModelRequest { Model = "ns/luigi:v2" }, Cancellation);
        Assert.Equal(("You are Mario.", "MIT", "sent:latest"), (shown.System, shown.License, shown.Details.ParentModel));
        Assert.Contains("temperature                    0", shown.Parameters, StringComparison.Ordinal);

        await Client.DeleteModelAsync("sent", Cancellation);
        await Client.DeleteModelAsync("mario", Cancellation);
        Assert.Single(Directory.GetFiles(Server.BlobFolder));
        await Client.DeleteModelAsync("ns/luigi:v2", Cancellation);
        Assert.Empty(Directory.GetFiles(Server.BlobFolder));
        Assert.Empty(await Client.ListLocalModelsAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_stored_with_a_model_is_in_force_in_its_answers()
    {
        Assert.True(Server.Catalog.Add(Path.Combine(Models, "demo-chat.gguf"), "base").Succeeded);
        await CreateAsync(new CreateModelRequest
        {
            Model = "short",
            From = "base",
            System = "You are a helpful assistant that knows the capitals of all countries and answers in one sentence.",
            Parameters = new() { ["num_predict"] = 4, ["temperature"] = 1.5, ["seed"] = 42 },
        });

        var plain = await AskAsync("base", new RequestOptions { Temperature = 0, NumPredict = 12 });
        var first = await AskAsync("short", null);
        var second = await AskAsync("short", null);

        // The system prompt makes the prompt longer, the stored limit ends the answer, the stored seed makes it the same twice.
        Assert.True(first.PromptEvalCount > plain.PromptEvalCount + 10, $"{first.PromptEvalCount} against {plain.PromptEvalCount}");
        Assert.Equal((4, "length", 4), (first.EvalCount, first.DoneReason, second.EvalCount));
        Assert.Equal(first.Text, second.Text);

        // The request goes before what is stored.
        Assert.Equal(2, (await AskAsync("short", new RequestOptions { NumPredict = 2 })).EvalCount);
    }

    [Fact]
    public async Task Weights_are_quantized_by_the_engines_own_tool()
    {
        Assert.True(Server.Catalog.Add(Path.Combine(AppContext.BaseDirectory, "Recorded", "models", "tinywords.gguf"), "full").Succeeded);

        var steps = await CreateAsync(new CreateModelRequest { Model = "small", From = "full", Quantize = "q8_0" });

        Assert.StartsWith("quantizing F", steps[0], StringComparison.Ordinal);
        Assert.EndsWith(" model to Q8_0", steps[0], StringComparison.Ordinal);
        Assert.Equal(["verifying conversion", "creating new layer", "writing manifest", "success"], steps.SkipWhile(static step => step.StartsWith("quantizing", StringComparison.Ordinal)).Select(static step => step.Split(" sha256:")[0]));
        var models = (await Client.ListLocalModelsAsync(Cancellation)).ToDictionary(static model => model.Name);
        Assert.Equal("Q8_0", models["small:latest"].Details.QuantizationLevel);
        Assert.True(models["small:latest"].Size < models["full:latest"].Size);
        Assert.Equal(5, (await AskAsync("small", new RequestOptions { NumPredict = 5, Seed = 1 })).EvalCount);

        // What was made lies in a file that holds what its name says.
        var blob = Assert.Single(Directory.GetFiles(Server.BlobFolder));
        Assert.Equal(Path.GetFileName(blob), "sha256-" + Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(blob, Cancellation))));
    }

    private static CreateModelRequest Streamed(CreateModelRequest request)
    {
        request.Stream = true;
        return request;
    }

    private async Task<List<string>> CreateAsync(CreateModelRequest request)
    {
        var steps = new List<string>();
        await foreach (var step in Client.CreateModelAsync(Streamed(request), Cancellation))
        {
            steps.Add(step!.Status);
        }

        return steps;
    }

    private async Task<(string Text, int PromptEvalCount, int EvalCount, string? DoneReason)> AskAsync(string model, RequestOptions? options)
    {
        var text = "";
        ChatDoneResponseStream? done = null;
        await foreach (var chunk in Client.ChatAsync(new ChatRequest { Model = model, Options = options, Think = model is "full" or "small" ? null : false, Messages = [new Message(ChatRole.User, "What is the capital of France?")] }, Cancellation))
        {
            text += chunk!.Message.Content;
            done = chunk as ChatDoneResponseStream ?? done;
        }

        return (text, done!.PromptEvalCount, done.EvalCount, done.DoneReason);
    }
}
