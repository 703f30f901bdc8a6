using System.ClientModel;
using OpenAI;
using OpenAI.Chat;

namespace GGLib.Acceptance.Clients;

/// <summary>The published OpenAI package, unmodified, against the demo models on a real llama-server.</summary>
public sealed class OpenAITests(DemoServer server)
{
    private readonly OpenAIClient _client = new(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(server.Address + "/v1") });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ChatCompletionOptions Short => new() { Temperature = 0, MaxOutputTokenCount = 120 };

    [Fact]
    public async Task Lists_the_models()
    {
        var models = await _client.GetOpenAIModelClient().GetModelsAsync(Cancellation);
        Assert.Equal(["demo-chat:latest", "demo-embed:latest", "spare:latest", "tiny-random:latest", "victim:latest"], models.Value.Select(model => model.Id).Order());
    }

    [Fact]
    public async Task Retrieves_a_model() =>
        Assert.Equal("demo-chat", (await _client.GetOpenAIModelClient().GetModelAsync("demo-chat", Cancellation)).Value.Id);

    [Fact]
    public async Task Chats_in_one_piece()
    {
        var answer = (await _client.GetChatClient("demo-chat").CompleteChatAsync([new UserChatMessage("What is the capital of France?")], Short, Cancellation)).Value;
        Assert.Contains("Paris", answer.Content[0].Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal("demo-chat", answer.Model);
        Assert.Equal(answer.Usage.TotalTokenCount, answer.Usage.InputTokenCount + answer.Usage.OutputTokenCount);
        Assert.True(answer.Usage.OutputTokenCount > 3);
    }

    [Fact]
    public async Task Chats_as_a_stream()
    {
        var text = "";
        var updates = 0;
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in _client.GetChatClient("demo-chat:latest").CompleteChatStreamingAsync([new UserChatMessage("What is the capital of France?")], Short, Cancellation))
        {
            updates++;
            Assert.Equal("demo-chat:latest", update.Model);
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            finish = update.FinishReason ?? finish;
            usage = update.Usage ?? usage;
        }

        Assert.Contains("Paris", text, StringComparison.Ordinal);
        Assert.True(updates > 3, $"{updates} updates");
        Assert.Equal(ChatFinishReason.Stop, finish);
        Assert.True(usage!.OutputTokenCount > 3);
    }

    [Fact]
    public async Task Embeds()
    {
        var answer = (await _client.GetEmbeddingClient("demo-embed").GenerateEmbeddingsAsync(["a cat", "a dog"], cancellationToken: Cancellation)).Value;
        Assert.Equal(2, answer.Count);
        Assert.Equal(128, answer[0].ToFloats().Length);
        Assert.Equal("demo-embed", answer.Model);
    }

    [Fact]
    public async Task An_unknown_model_is_a_404()
    {
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => _client.GetChatClient("nope").CompleteChatAsync([new UserChatMessage("hi")], Short, Cancellation));
        Assert.Equal(404, failure.Status);
        Assert.Contains("model 'nope' not found", failure.Message, StringComparison.Ordinal);
    }
}
