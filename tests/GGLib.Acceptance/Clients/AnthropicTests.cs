using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;

namespace GGLib.Acceptance.Clients;

/// <summary>The published Anthropic package, unmodified, against the demo models on a real llama-server.</summary>
public sealed class AnthropicTests(DemoServer server) : IDisposable
{
    private readonly AnthropicClient _client = new() { BaseUrl = server.Address, ApiKey = "any", MaxRetries = 0 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ToolUnion Weather => new Tool
    {
        Name = "get_weather",
        Description = "Get the weather of a city",
        InputSchema = new InputSchema
        {
            Properties = new Dictionary<string, JsonElement> { ["city"] = JsonElement.Parse("""{"type":"string"}""") },
            Required = ["city"],
        },
    };

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Chats_in_one_piece()
    {
        var message = await _client.Messages.Create(Ask("What is the capital of France?"), Cancellation);

        Assert.Contains("Paris", TextOf(message), StringComparison.Ordinal);
        Assert.Equal("demo-chat", message.Model.Raw());
        Assert.Equal("end_turn", message.StopReason!.Raw());
        Assert.True(message.Usage.OutputTokens > 3);
    }

    [Fact]
    public async Task Chats_as_a_stream()
    {
        var (text, thinking, _, stop) = await StreamAsync(Ask("What is the capital of France?"));

        Assert.Contains("Paris", text, StringComparison.Ordinal);
        Assert.Empty(thinking);
        Assert.Equal("end_turn", stop);
    }

    [Fact]
    public async Task Thinks_in_a_stream_when_asked()
    {
        var (text, thinking, _, stop) = await StreamAsync(Ask("What is the capital of France?") with { Thinking = new ThinkingConfigAdaptive() });

        Assert.Contains("Paris", text, StringComparison.Ordinal);
        Assert.NotEmpty(thinking);
        Assert.Equal("end_turn", stop);
    }

    [Fact]
    public async Task Thinking_is_switched_off()
    {
        var message = await _client.Messages.Create(Ask("What is the capital of France?") with { Thinking = new ThinkingConfigDisabled() }, Cancellation);

        Assert.Contains("Paris", TextOf(message), StringComparison.Ordinal);
        Assert.DoesNotContain(message.Content, block => block.TryPickThinking(out _));
    }

    [Fact]
    public async Task A_tool_is_called_and_its_result_answered()
    {
        var question = Ask("What is the weather in Paris?") with { Tools = [Weather] };
        var message = await _client.Messages.Create(question, Cancellation);
        ToolUseBlock? call = null;
        Assert.Contains(message.Content, block => block.TryPickToolUse(out call));
        Assert.Equal(("get_weather", "Paris"), (call!.Name, call.Input["city"].GetString()));
        Assert.Equal("tool_use", message.StopReason!.Raw());

        var answer = await _client.Messages.Create(
            question with
            {
                Messages =
                [
                    .. question.Messages,
                    new AssistantMessageParam(new List<ContentBlockParam> { new ToolUseBlockParam { ID = call.ID, Name = call.Name, Input = call.Input } }),
                    new UserMessageParam(new List<ContentBlockParam> { new ToolResultBlockParam(call.ID) { Content = "sunny, 20 degrees" } }),
                ],
            },
            Cancellation);
        Assert.Contains("weather", TextOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_is_called_in_a_stream()
    {
        var (_, _, input, stop) = await StreamAsync(Ask("What is the weather in Paris?") with { Tools = [Weather] });

        Assert.Equal("Paris", JsonElement.Parse(input).GetProperty("city").GetString());
        Assert.Equal("tool_use", stop);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_schema_shapes_the_answer(bool stream)
    {
        var question = Ask("What is the capital of France?") with
        {
            OutputConfig = new OutputConfig
            {
                Format = new JsonOutputFormat
                {
                    Schema = new Dictionary<string, JsonElement>
                    {
                        ["type"] = JsonElement.Parse("\"object\""),
                        ["properties"] = JsonElement.Parse("""{"yes":{"type":"boolean"}}"""),
                        ["required"] = JsonElement.Parse("""["yes"]"""),
                        ["additionalProperties"] = JsonElement.Parse("false"),
                    },
                },
            },
        };
        var text = stream ? (await StreamAsync(question)).Text : TextOf(await _client.Messages.Create(question, Cancellation));
        Assert.True(JsonElement.Parse(text).GetProperty("yes").ValueKind is JsonValueKind.True or JsonValueKind.False, text);
    }

    [Fact]
    public async Task Tokens_are_counted()
    {
        var count = await _client.Messages.CountTokens(
            new MessageCountTokensParams { Model = "demo-chat", Messages = [new UserMessageParam("What is the capital of France?")] }, Cancellation);
        Assert.True(count.InputTokens > 3);
    }

    [Fact]
    public async Task An_unknown_model_is_a_404()
    {
        var failure = await Assert.ThrowsAsync<AnthropicNotFoundException>(() => _client.Messages.Create(Ask("hi") with { Model = "nope" }, Cancellation));
        Assert.Contains("model 'nope' not found", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_is_not_fetched()
    {
        var question = Ask("") with
        {
            Messages = [new UserMessageParam(new List<ContentBlockParam> { new ImageBlockParam(new UrlImageSource("http://127.0.0.1:9/x.png")) })],
        };
        var failure = await Assert.ThrowsAsync<AnthropicBadRequestException>(() => _client.Messages.Create(question, Cancellation));
        Assert.Contains("image URLs are not currently supported", failure.Message, StringComparison.Ordinal);
    }

    private static MessageCreateParams Ask(string question) => new()
    {
        Model = "demo-chat",
        MaxTokens = 120,
        Messages = [new UserMessageParam(question)],
    };

    private static string TextOf(Message message) => string.Concat(message.Content.Select(block => block.TryPickText(out var text) ? text.Text : ""));

    private async Task<(string Text, string Thinking, string Input, string? Stop)> StreamAsync(MessageCreateParams question)
    {
        string text = "", thinking = "", input = "";
        string? stop = null;
        var isEnded = false;
        await foreach (var change in _client.Messages.CreateStreaming(question, Cancellation))
        {
            if (change.TryPickStart(out var start))
            {
                Assert.Equal("demo-chat", start.Message.Model.Raw());
            }

            if (change.TryPickContentBlockDelta(out var block))
            {
                text += block.Delta.TryPickText(out var written) ? written.Text : "";
                thinking += block.Delta.TryPickThinking(out var thought) ? thought.Thinking : "";
                input += block.Delta.TryPickInputJson(out var json) ? json.PartialJson : "";
            }

            stop = change.TryPickDelta(out var delta) ? delta.Delta.StopReason?.Raw() : stop;
            isEnded |= change.TryPickStop(out _);
        }

        Assert.True(isEnded);
        return (text, thinking, input, stop);
    }
}
