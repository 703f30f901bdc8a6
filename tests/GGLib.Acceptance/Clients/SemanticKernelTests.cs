using System.ClientModel;
using System.ComponentModel;
using System.Text.Json;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI;

namespace GGLib.Acceptance.Clients;

/// <summary>The published Semantic Kernel packages, unmodified, against the demo models on a real llama-server.</summary>
public sealed class SemanticKernelTests(DemoServer server)
{
    private const string Capital = "What is the capital of France?";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static OpenAIPromptExecutionSettings Short => new() { Temperature = 0, MaxTokens = 160 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chats(bool stream) => Assert.Contains("Paris", await AskAsync(Kernel(), Capital, Short, stream), StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_function_is_called_and_its_result_answered(bool stream)
    {
        var cities = new List<string>();
        var kernel = Kernel();
        kernel.Plugins.AddFromFunctions("city", [KernelFunctionFactory.CreateFromMethod(
            ([Description("The city")] string city) =>
            {
                cities.Add(city);
                return "sunny, 20 degrees";
            },
            "get_weather",
            "Get the weather of a city")]);
        var settings = Short;
        settings.FunctionChoiceBehavior = FunctionChoiceBehavior.Auto();

        var text = await AskAsync(kernel, "What is the weather in Paris?", settings, stream);

        Assert.Equal(["Paris"], cities);
        Assert.Contains("weather", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_type_shapes_the_answer(bool stream)
    {
        var settings = Short;
        settings.ResponseFormat = typeof(Place);
        var text = await AskAsync(Kernel(), Capital, settings, stream);
        Assert.NotNull(JsonSerializer.Deserialize<Place>(text)!.City);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unknown_model_is_a_404(bool stream)
    {
        // In a stream the connector leaves the exception of OpenAI's client as it is.
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(Kernel("nope"), Capital, Short, stream));
        Assert.Equal(404, failure is HttpOperationException { StatusCode: { } status } ? (int)status : Assert.IsType<ClientResultException>(failure).Status);
        Assert.Contains("model 'nope' not found", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(Kernel kernel, string question, OpenAIPromptExecutionSettings settings, bool stream)
    {
        var chat = kernel.GetRequiredService<IChatCompletionService>();
        var history = new ChatHistory();
        history.AddUserMessage(question);
        if (!stream)
        {
            return (await chat.GetChatMessageContentAsync(history, settings, kernel, Cancellation)).Content!;
        }

        var text = "";
        await foreach (var part in chat.GetStreamingChatMessageContentsAsync(history, settings, kernel, Cancellation))
        {
            text += part.Content;
        }

        return text;
    }

    private Kernel Kernel(string model = "demo-chat") => Microsoft.SemanticKernel.Kernel.CreateBuilder()
        .AddOpenAIChatCompletion(model, new OpenAIClient(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(server.Address + "/v1") }))
        .Build();

    private sealed record Place(string City);
}
