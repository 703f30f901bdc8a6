using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;

namespace GGLib.Acceptance.Clients;

/// <summary>The published OllamaSharp package, unmodified, against the demo models on a real llama-server.</summary>
public sealed class OllamaSharpTests(DemoServer server) : IDisposable
{
    private readonly OllamaApiClient _client = new(new Uri(server.Address), "demo-chat");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Finds_the_server_running() => Assert.True(await _client.IsRunningAsync(Cancellation));

    [Fact]
    public async Task Reads_the_version() => Assert.Equal(ServerVersion(), await _client.GetVersionAsync(Cancellation));

    [Fact]
    public async Task Lists_the_models()
    {
        var models = (await _client.ListLocalModelsAsync(Cancellation)).ToDictionary(model => model.Name);
        Assert.Equal(["demo-chat:latest", "demo-embed:latest", "spare:latest", "tiny-random:latest", "victim:latest"], models.Keys.Order());
        var chat = models["demo-chat:latest"];
        Assert.Equal(3769952, chat.Size);
        Assert.Equal(64, chat.Digest.Length);
        Assert.Equal("gguf", chat.Details.Format);
        Assert.Equal("llama", chat.Details.Family);
        Assert.Equal("Q8_0", chat.Details.QuantizationLevel);
        Assert.InRange(chat.ModifiedAt, DateTime.UnixEpoch.AddYears(50), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1));
    }

    [Fact]
    public async Task Shows_a_model()
    {
        var shown = await _client.ShowModelAsync(new ShowModelRequest { Model = "demo-chat" }, Cancellation);
        Assert.Equal("llama", shown.Info.Architecture);
        Assert.Contains("im_start", shown.Template, StringComparison.Ordinal);
        Assert.Contains("tools", shown.Capabilities!);
        Assert.Contains("thinking", shown.Capabilities!);
        Assert.Equal("4096", shown.Info.ExtraInfo!["llama.context_length"].ToString());
    }

    [Fact]
    public async Task Chats_as_a_stream_with_true_counts()
    {
        var text = "";
        ChatDoneResponseStream? done = null;
        var chunks = 0;
        await foreach (var chunk in _client.ChatAsync(Question(stream: true), Cancellation))
        {
            chunks++;
            text += chunk!.Message.Content;
            done = chunk as ChatDoneResponseStream ?? done;
        }

        Assert.Contains("Paris", text, StringComparison.Ordinal);
        Assert.True(chunks > 3, $"{chunks} chunks");
        Assert.NotNull(done);
        Assert.Equal("stop", done.DoneReason);
        Assert.InRange(done.EvalCount, 5, 60);
        Assert.InRange(done.PromptEvalCount, 10, 60);
        Assert.True(done.TotalDuration >= done.EvalDuration && done.EvalDuration > 0);
    }

    [Fact]
    public async Task Chats_in_one_piece()
    {
        var answers = new List<ChatResponseStream?>();
        await foreach (var chunk in _client.ChatAsync(Question(stream: false), Cancellation))
        {
            answers.Add(chunk);
        }

        Assert.Contains("Paris", Assert.Single(answers)!.Message.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thinking_comes_apart_from_the_answer()
    {
        var request = Question(stream: true);
        request.Think = true;
        string thinking = "", text = "";
        await foreach (var chunk in _client.ChatAsync(request, Cancellation))
        {
            thinking += chunk!.Message.Thinking;
            text += chunk.Message.Content;
        }

        Assert.NotEmpty(thinking);
        Assert.DoesNotContain("<think>", text, StringComparison.Ordinal);
        Assert.Contains("Paris", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generates_with_a_system_prompt()
    {
        var text = "";
        var request = new GenerateRequest
        {
            Model = "demo-chat",
            System = "You are a helpful assistant.",
            Prompt = "What is the capital of Italy?",
            Think = false,
            Options = new RequestOptions { Temperature = 0, NumPredict = 40 },
        };
        await foreach (var chunk in _client.GenerateAsync(request, Cancellation))
        {
            text += chunk!.Response;
        }

        Assert.Contains("Rome", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embeds_related_texts_nearer_to_each_other()
    {
        var answer = await _client.EmbedAsync(new EmbedRequest { Model = "demo-embed", Input = ["a cat sat on the mat", "a kitten on a rug", "the stock market fell"] }, Cancellation);
        Assert.Equal(3, answer.Embeddings.Count);
        Assert.All(answer.Embeddings, vector => Assert.Equal(1.0, Dot(vector, vector), 3));
        Assert.Equal(128, answer.Embeddings[0].Length);
        Assert.True(answer.PromptEvalCount > 3);
    }

    [Fact]
    public async Task Running_models_are_listed_and_unloaded_on_request()
    {
        await foreach (var chunk in _client.GenerateAsync(new GenerateRequest { Model = "spare", Prompt = "x", Options = new RequestOptions { NumPredict = 2 }, KeepAlive = "10m" }, Cancellation))
        {
            Assert.NotNull(chunk);
        }

        var running = Assert.Single(await _client.ListRunningModelsAsync(Cancellation), model => model.Name == "spare:latest");
        Assert.InRange(running.ExpiresAt.ToUniversalTime(), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(8), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(11));
        await _client.RequestModelUnloadAsync("spare", Cancellation);
        // The reply comes at once, before the process has ended; the list does not show it any more.
        Assert.DoesNotContain(await _client.ListRunningModelsAsync(Cancellation), model => model.Name == "spare:latest");
    }

    [Fact]
    public async Task An_unknown_model_is_not_found()
    {
        var failure = await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            await foreach (var _ in _client.ChatAsync(new ChatRequest { Model = "nope", Messages = [new Message(ChatRole.User, "hi")] }, Cancellation))
            {
            }
        });
        Assert.Equal(System.Net.HttpStatusCode.NotFound, failure.StatusCode);
    }

    private static string ServerVersion() => GGLib.Server.ServerOptions.DefaultOllamaVersion;

    private static double Dot(float[] one, float[] other) => one.Zip(other, (a, b) => (double)a * b).Sum();

    private static ChatRequest Question(bool stream) => new()
    {
        Model = "demo-chat",
        Messages = [new Message(ChatRole.User, "What is the capital of France?")],
        Stream = stream,
        Think = false,
        Options = new RequestOptions { Temperature = 0, NumPredict = 60 },
    };
}
