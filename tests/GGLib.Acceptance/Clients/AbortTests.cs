using System.ClientModel;
using Anthropic;
using Anthropic.Models.Messages;
using GGLib.Acceptance.Scheduling;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace GGLib.Acceptance.Clients;

/// <summary>A published client that leaves an answer stops the engine.</summary>
public sealed class AbortTests(EndlessServer server) : IClassFixture<EndlessServer>
{
    private const string Model = "demo-chat";

    private const string Question = "Tell me a story.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private OpenAIClient OpenAI => new(
        new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(server.Address + "/v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) });

    [Theory]
    [InlineData("OpenAI chat")]
    [InlineData("OpenAI responses")]
    [InlineData("Anthropic")]
    [InlineData("OllamaSharp chat")]
    [InlineData("OllamaSharp generate")]
    [InlineData("Semantic Kernel")]
    [InlineData("Extensions.AI over OpenAI chat")]
    [InlineData("Extensions.AI over OpenAI responses")]
    [InlineData("Extensions.AI over OllamaSharp")]
    public async Task A_canceled_stream_stops_the_engine(string client)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in StreamAsync(client, leaving.Token).WithCancellation(leaving.Token))
            {
                await leaving.CancelAsync();
            }

            // Some of these clients end the enumeration instead of throwing.
            leaving.Token.ThrowIfCancellationRequested();
        });

        await StopsAsync();
    }

    [Theory]
    [InlineData("OpenAI chat")]
    [InlineData("OpenAI responses")]
    [InlineData("Anthropic")]
    [InlineData("OllamaSharp chat")]
    [InlineData("Semantic Kernel")]
    [InlineData("Extensions.AI over OpenAI chat")]
    [InlineData("Extensions.AI over OpenAI responses")]
    [InlineData("Extensions.AI over OllamaSharp")]
    public async Task A_stream_that_is_not_read_on_stops_the_engine(string client)
    {
        await foreach (var _ in StreamAsync(client, Cancellation))
        {
            break;
        }

        await StopsAsync();
    }

    [Theory]
    [InlineData("OpenAI chat")]
    [InlineData("OpenAI responses")]
    [InlineData("Anthropic")]
    [InlineData("Semantic Kernel")]
    [InlineData("Extensions.AI over OllamaSharp")]
    public async Task A_canceled_whole_answer_stops_the_engine(string client)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var answer = AskAsync(client, leaving.Token);
        await ScheduledServer.UntilAsync(() => server.IsBusy || answer.IsCompleted, "the request reaches the engine", Cancellation);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await StopsAsync();
    }

    /// <summary>The engine has one slot: it answers another client only when it has stopped the answer that has no end.</summary>
    private async Task StopsAsync()
    {
        await ScheduledServer.UntilAsync(() => !server.IsBusy, "the request ends", Cancellation);
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        using var response = await http.PostAsync(
            server.Address + "/api/chat",
            new StringContent("""{"model":"demo-chat","stream":false,"messages":[{"role":"user","content":"hi"}],"options":{"num_predict":2}}"""),
            Cancellation);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private IAsyncEnumerable<object?> StreamAsync(string client, CancellationToken cancellation) => client switch
    {
        "OpenAI chat" => OpenAI.GetChatClient(Model).CompleteChatStreamingAsync([new UserChatMessage(Question)], cancellationToken: cancellation),
        "OpenAI responses" => OpenAI.GetResponsesClient().CreateResponseStreamingAsync(Response(stream: true), cancellation),
        "Anthropic" => Anthropic().Messages.CreateStreaming(Message(), cancellation),
        "OllamaSharp chat" => Ollama().ChatAsync(
            new ChatRequest { Model = Model, Messages = [new OllamaSharp.Models.Chat.Message(OllamaSharp.Models.Chat.ChatRole.User, Question)], Options = new RequestOptions { NumPredict = -1 } }, cancellation),
        "OllamaSharp generate" => Ollama().GenerateAsync(new GenerateRequest { Model = Model, Prompt = Question, Options = new RequestOptions { NumPredict = -1 } }, cancellation),
        "Semantic Kernel" => Kernel().GetStreamingChatMessageContentsAsync(new ChatHistory(Question), new OpenAIPromptExecutionSettings(), cancellationToken: cancellation),
        _ => Chat(client).GetStreamingResponseAsync(Question, cancellationToken: cancellation),
    };

    private async Task AskAsync(string client, CancellationToken cancellation)
    {
        switch (client)
        {
            case "OpenAI chat":
                await OpenAI.GetChatClient(Model).CompleteChatAsync([new UserChatMessage(Question)], cancellationToken: cancellation);
                break;
            case "OpenAI responses":
                await OpenAI.GetResponsesClient().CreateResponseAsync(Response(stream: false), cancellation);
                break;
            case "Anthropic":
                await Anthropic().Messages.Create(Message(), cancellation);
                break;
            case "Semantic Kernel":
                await Kernel().GetChatMessageContentsAsync(new ChatHistory(Question), new OpenAIPromptExecutionSettings(), cancellationToken: cancellation);
                break;
            default:
                await Chat(client).GetResponseAsync(Question, cancellationToken: cancellation);
                break;
        }
    }

    private static CreateResponseOptions Response(bool stream) => new(Model, [ResponseItem.CreateUserMessageItem(Question)]) { StreamingEnabled = stream };

    private static MessageCreateParams Message() => new() { Model = Model, MaxTokens = 1_000_000, Messages = [new UserMessageParam(Question)] };

    private AnthropicClient Anthropic() => new() { BaseUrl = server.Address, ApiKey = "any", MaxRetries = 0, Timeout = TimeSpan.FromMinutes(5) };

    private OllamaApiClient Ollama() => new(new Uri(server.Address), Model);

    private OpenAIChatCompletionService Kernel() => new(Model, OpenAI);

    private IChatClient Chat(string client) => client switch
    {
        "Extensions.AI over OpenAI chat" => OpenAI.GetChatClient(Model).AsIChatClient(),
        "Extensions.AI over OpenAI responses" => OpenAI.GetResponsesClient().AsIChatClient(Model),
        _ => Ollama(),
    };
}
