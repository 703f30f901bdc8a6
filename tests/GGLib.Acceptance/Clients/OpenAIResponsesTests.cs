using System.ClientModel;
using System.Text.Json;
using OpenAI;
using OpenAI.Responses;

namespace GGLib.Acceptance.Clients;

/// <summary>The Responses client of the published OpenAI package, unmodified, against the demo models on a real llama-server.</summary>
public sealed class OpenAIResponsesTests(DemoServer server)
{
    private const string Capital = "What is the capital of France?";

    private readonly ResponsesClient _client =
        new OpenAIClient(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(server.Address + "/v1") }).GetResponsesClient();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ResponseTool Weather => ResponseTool.CreateFunctionTool(
        "get_weather",
        BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}"""),
        strictModeEnabled: true,
        "Get the weather of a city");

    [Fact]
    public async Task Responds_in_one_piece()
    {
        var answer = await AskAsync(Ask(Capital), stream: false);

        Assert.Contains("Paris", answer.GetOutputText(), StringComparison.Ordinal);
        Assert.Equal(ResponseStatus.Completed, answer.Status);
        Assert.Equal("demo-chat", answer.Model);
        Assert.True(answer.Usage.OutputTokenCount > 3 && answer.Usage.InputTokenCount > 3);
        Assert.Null(answer.Error);
    }

    [Fact]
    public async Task Responds_as_a_stream()
    {
        var text = "";
        ResponseResult? created = null;
        ResponseResult? completed = null;
        var next = 0;
        await foreach (var update in _client.CreateResponseStreamingAsync(Ask(Capital, stream: true), Cancellation))
        {
            Assert.Equal(next++, update.SequenceNumber);
            text += update is StreamingResponseOutputTextDeltaUpdate delta ? delta.Delta : "";
            created = update is StreamingResponseCreatedUpdate first ? first.Response : created;
            completed = update is StreamingResponseCompletedUpdate last ? last.Response : completed;
        }

        Assert.Contains("Paris", text, StringComparison.Ordinal);
        Assert.Equal(text, completed!.GetOutputText());
        Assert.Equal(created!.Id, completed.Id);
        Assert.Equal(ResponseStatus.InProgress, created.Status);
        Assert.True(completed.Usage.OutputTokenCount > 3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_is_called_and_its_result_answered(bool stream)
    {
        var question = Ask("What is the weather in Paris?", stream);
        question.Tools.Add(Weather);
        var asked = await AskAsync(question, stream);
        var call = Assert.Single(asked.OutputItems.OfType<FunctionCallResponseItem>());
        Assert.Equal(("get_weather", "Paris"), (call.FunctionName, JsonElement.Parse(call.FunctionArguments.ToString()).GetProperty("city").GetString()));

        foreach (var item in asked.OutputItems)
        {
            question.InputItems.Add(item);
        }

        question.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "sunny, 20 degrees"));
        var answer = await AskAsync(question, stream);
        Assert.Contains("weather", answer.GetOutputText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_schema_shapes_the_answer(bool stream)
    {
        var question = Ask(Capital, stream);
        question.TextOptions = new ResponseTextOptions
        {
            TextFormat = ResponseTextFormat.CreateJsonSchemaFormat(
                "answer", BinaryData.FromString("""{"type":"object","properties":{"yes":{"type":"boolean"}},"required":["yes"],"additionalProperties":false}"""), jsonSchemaIsStrict: true),
        };
        var answer = await AskAsync(question, stream);
        Assert.True(JsonElement.Parse(answer.GetOutputText()).GetProperty("yes").ValueKind is JsonValueKind.True or JsonValueKind.False);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_reaches_the_limit_is_incomplete(bool stream)
    {
        var question = Ask(Capital, stream);
        question.MaxOutputTokenCount = 3;
        var answer = await AskAsync(question, stream);
        Assert.Equal(ResponseStatus.Incomplete, answer.Status);
        Assert.Equal(ResponseIncompleteStatusReason.MaxOutputTokens, answer.IncompleteStatusDetails.Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unknown_model_is_a_404(bool stream)
    {
        var question = Ask("hi", stream);
        question.Model = "nope";
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(question, stream));
        Assert.Equal(404, failure.Status);
        Assert.Contains("model 'nope' not found", failure.Message, StringComparison.Ordinal);
    }

    private static CreateResponseOptions Ask(string question, bool stream = false) => new("demo-chat", [ResponseItem.CreateUserMessageItem(question)])
    {
        MaxOutputTokenCount = 200,
        Temperature = 0,
        StreamingEnabled = stream,
    };

    /// <summary>The whole response; of a stream, that of its last event.</summary>
    private async Task<ResponseResult> AskAsync(CreateResponseOptions options, bool stream)
    {
        if (!stream)
        {
            return (await _client.CreateResponseAsync(options, Cancellation)).Value;
        }

        ResponseResult? whole = null;
        await foreach (var update in _client.CreateResponseStreamingAsync(options, Cancellation))
        {
            whole = update switch
            {
                StreamingResponseCompletedUpdate completed => completed.Response,
                StreamingResponseIncompleteUpdate incomplete => incomplete.Response,
                _ => whole,
            };
        }

        return whole!;
    }
}
