using System.ClientModel;
using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OllamaSharp;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using ChatResponseFormat = Microsoft.Extensions.AI.ChatResponseFormat;

namespace GGLib.Acceptance.Clients;

/// <summary>Microsoft.Extensions.AI, unmodified, through three APIs: OllamaSharp's adapter and those of OpenAI's chat and Responses clients.</summary>
public sealed class ExtensionsAITests(DemoServer server)
{
    private const string Question = "What is the capital of France?";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ChatOptions Short => new() { Temperature = 0, MaxOutputTokens = 160 };

    private OpenAIClient OpenAI => new(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(server.Address + "/v1") });

    [Theory]
    [InlineData("Ollama", false)]
    [InlineData("Ollama", true)]
    [InlineData("OpenAI", false)]
    [InlineData("OpenAI", true)]
    [InlineData("Responses", false)]
    [InlineData("Responses", true)]
    public async Task A_function_is_called_and_its_result_answered(string api, bool stream)
    {
        var cities = new List<string>();
        var weather = AIFunctionFactory.Create(
            ([Description("The city")] string city) =>
            {
                cities.Add(city);
                return "sunny, 20 degrees";
            },
            "get_weather",
            "Get the weather of a city");
        using var client = Client(api).AsBuilder().UseFunctionInvocation().Build();
        var options = Short;
        options.Tools = [weather];

        var answer = await AskAsync(client, "What is the weather in Paris?", options, stream);

        Assert.Equal(["Paris"], cities);
        var contents = answer.Messages.SelectMany(message => message.Contents).ToList();
        var call = Assert.Single(contents.OfType<FunctionCallContent>());
        Assert.Equal("get_weather", call.Name);
        Assert.Equal(call.CallId, Assert.Single(contents.OfType<FunctionResultContent>()).CallId);
        // Not which city: in a batch with other requests a model this small may spell it wrong.
        Assert.Contains("weather", answer.Messages[^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ollama", false)]
    [InlineData("Ollama", true)]
    [InlineData("OpenAI", false)]
    [InlineData("OpenAI", true)]
    [InlineData("Responses", false)]
    [InlineData("Responses", true)]
    public async Task Thinking_is_content_of_its_own(string api, bool stream)
    {
        using var client = Client(api);
        var options = Short;
        // Through the Responses API, the package reads no thinking but a summary, which has to be asked for.
        options.Reasoning = api == "Responses" ? new ReasoningOptions { Output = ReasoningOutput.Summary } : null;

        var answer = await AskAsync(client, Question, options, stream);

        Assert.NotEmpty(string.Concat(answer.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(part => part.Text)));
        Assert.Contains("Paris", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("think>", answer.Text, StringComparison.Ordinal);
        Assert.True(answer.Usage!.OutputTokenCount > 10);
    }

    [Theory]
    [InlineData("Ollama")]
    [InlineData("OpenAI")]
    [InlineData("Responses")]
    public async Task A_type_shapes_the_answer(string api)
    {
        using var client = Client(api);

        var answer = await client.GetResponseAsync<Place>(Question, Short, cancellationToken: Cancellation);

        Assert.NotNull(answer.Result.City);
    }

    [Theory]
    [InlineData("Ollama")]
    [InlineData("OpenAI")]
    [InlineData("Responses")]
    public async Task A_type_shapes_a_streamed_answer(string api)
    {
        using var client = Client(api);
        var options = Short;
        options.ResponseFormat = ChatResponseFormat.ForJsonSchema<Place>();

        var answer = await AskAsync(client, Question, options, stream: true);

        Assert.NotNull(JsonSerializer.Deserialize<Place>(answer.Text, JsonSerializerOptions.Web)!.City);
    }

    [Theory]
    [InlineData("Ollama", false)]
    [InlineData("Ollama", true)]
    [InlineData("OpenAI", false)]
    [InlineData("OpenAI", true)]
    [InlineData("Responses", false)]
    [InlineData("Responses", true)]
    public async Task An_unknown_model_is_not_found(string api, bool stream)
    {
        using var client = Client(api, "nope");

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(client, Question, Short, stream));

        Assert.Equal(404, failure switch
        {
            ClientResultException openAI => openAI.Status,
            HttpRequestException { StatusCode: { } status } => (int)status,
            _ => 0,
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Log_probabilities_are_in_the_answer_underneath(bool stream)
    {
        using var client = Client("OpenAI");
        var options = Short;
        options.RawRepresentationFactory = _ => new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 2 };

        var tokens = new List<ChatTokenLogProbabilityDetails>();
        if (stream)
        {
            await foreach (var update in client.GetStreamingResponseAsync(Question, options, Cancellation))
            {
                tokens.AddRange(update.RawRepresentation is StreamingChatCompletionUpdate raw ? raw.ContentTokenLogProbabilities : []);
            }
        }
        else
        {
            tokens.AddRange(Assert.IsType<ChatCompletion>((await client.GetResponseAsync(Question, options, Cancellation)).RawRepresentation).ContentTokenLogProbabilities);
        }

        Assert.Contains("Paris", string.Concat(tokens.Select(token => token.Token)), StringComparison.Ordinal);
        Assert.All(tokens, token => Assert.Equal(2, token.TopLogProbabilities.Count));
    }

    [Theory]
    [InlineData("Ollama")]
    [InlineData("OpenAI")]
    public async Task Texts_are_embedded(string api)
    {
        using var generator = api == "Ollama"
            ? (IEmbeddingGenerator<string, Embedding<float>>)new OllamaApiClient(new Uri(server.Address), "demo-embed")
            : OpenAI.GetEmbeddingClient("demo-embed").AsIEmbeddingGenerator();

        var embeddings = await generator.GenerateAsync(["a cat sat on the mat", "the stock market fell"], cancellationToken: Cancellation);

        Assert.Equal([128, 128], embeddings.Select(embedding => embedding.Vector.Length));
        Assert.True(embeddings.Usage!.InputTokenCount > 4);
    }

    private static async Task<ChatResponse> AskAsync(IChatClient client, string text, ChatOptions options, bool stream)
    {
        ChatMessage[] messages = [new(Microsoft.Extensions.AI.ChatRole.User, text)];
        return stream
            ? await client.GetStreamingResponseAsync(messages, options, Cancellation).ToChatResponseAsync(Cancellation)
            : await client.GetResponseAsync(messages, options, Cancellation);
    }

    private IChatClient Client(string api, string model = "demo-chat") => api switch
    {
        "Ollama" => new OllamaApiClient(new Uri(server.Address), model),
        "OpenAI" => OpenAI.GetChatClient(model).AsIChatClient(),
        _ => OpenAI.GetResponsesClient().AsIChatClient(model),
    };

    private sealed record Place(string City);
}
