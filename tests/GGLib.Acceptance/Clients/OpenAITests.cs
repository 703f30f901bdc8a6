using System.ClientModel;
using System.Text.Json;
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
        Assert.Equal(["demo-chat:latest", "demo-embed:latest", "refuses-schema:latest", "spare:latest", "tiny-random:latest", "victim:latest"], models.Value.Select(model => model.Id).Order());
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_is_called_and_its_result_answered(bool stream)
    {
        List<ChatMessage> messages = [new UserChatMessage("What is the weather in Paris?")];
        var (calls, finish, _) = await CallAsync(messages, stream, logprobs: false);
        var call = Assert.Single(calls);
        Assert.Equal(("get_weather", "Paris"), (call.FunctionName, JsonSerializer.Deserialize<JsonElement>(call.FunctionArguments).GetProperty("city").GetString()));
        Assert.Equal(ChatFinishReason.ToolCalls, finish);

        messages.Add(new AssistantChatMessage(calls));
        messages.Add(new ToolChatMessage(call.Id, "sunny, 20 degrees"));
        var options = Short;
        options.Tools.Add(Weather);
        var answer = (await _client.GetChatClient("demo-chat").CompleteChatAsync(messages, options, Cancellation)).Value;
        Assert.Contains("weather", answer.Content[0].Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tools_and_log_probabilities_go_together(bool stream)
    {
        var (calls, finish, tokens) = await CallAsync([new UserChatMessage("What is the weather in Paris?")], stream, logprobs: true);
        Assert.Equal("get_weather", Assert.Single(calls).FunctionName);
        Assert.Equal(ChatFinishReason.ToolCalls, finish);
        Assert.Contains("get_weather", string.Concat(tokens.Select(token => token.Token)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_is_not_needed_is_not_called()
    {
        var options = Short;
        options.Tools.Add(Weather);
        var answer = (await _client.GetChatClient("demo-chat").CompleteChatAsync([new UserChatMessage("What is the capital of France?")], options, Cancellation)).Value;
        Assert.Empty(answer.ToolCalls);
        Assert.Contains("Paris", answer.Content[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo-chat", false)]
    [InlineData("demo-chat", true)]
    [InlineData("refuses-schema", false)]
    [InlineData("refuses-schema", true)]
    public async Task A_schema_shapes_the_answer(string model, bool stream)
    {
        var options = Short;
        options.ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(
            "answer", BinaryData.FromString("""{"type":"object","properties":{"yes":{"type":"boolean"}},"required":["yes"],"additionalProperties":false}"""), jsonSchemaIsStrict: true);
        ChatMessage[] messages = [new UserChatMessage("What is the capital of France?")];
        var chat = _client.GetChatClient(model);
        var text = "";
        ChatTokenUsage? usage = null;
        if (stream)
        {
            await foreach (var update in chat.CompleteChatStreamingAsync(messages, options, Cancellation))
            {
                Assert.Equal(model, update.Model);
                text += string.Concat(update.ContentUpdate.Select(part => part.Text));
                usage = update.Usage ?? usage;
            }
        }
        else
        {
            var answer = (await chat.CompleteChatAsync(messages, options, Cancellation)).Value;
            (text, usage) = (answer.Content[0].Text, answer.Usage);
        }

        Assert.True(JsonSerializer.Deserialize<JsonElement>(text).GetProperty("yes").ValueKind is JsonValueKind.True or JsonValueKind.False, text);
        Assert.True(usage!.OutputTokenCount > 3 && usage.InputTokenCount > 3);
    }

    [Fact]
    public async Task Log_probabilities_come_with_each_token()
    {
        var options = Short;
        options.IncludeLogProbabilities = true;
        options.TopLogProbabilityCount = 2;
        options.ReasoningEffortLevel = new ChatReasoningEffortLevel("none");
        var answer = (await _client.GetChatClient("demo-chat").CompleteChatAsync([new UserChatMessage("What is the capital of France?")], options, Cancellation)).Value;
        Assert.StartsWith(answer.Content[0].Text, string.Concat(answer.ContentTokenLogProbabilities.Select(token => token.Token)), StringComparison.Ordinal);
        Assert.All(answer.ContentTokenLogProbabilities, token => Assert.True(token.LogProbability <= 0 && token.TopLogProbabilities.Count == 2));
    }

    [Theory]
    [InlineData("none", false)]
    [InlineData("low", true)]
    public async Task Thinking_follows_the_effort(string effort, bool thinks)
    {
        var options = Short;
        options.ReasoningEffortLevel = new ChatReasoningEffortLevel(effort);
        var answer = await _client.GetChatClient("demo-chat").CompleteChatAsync([new UserChatMessage("What is the capital of France?")], options, Cancellation);
        var message = JsonSerializer.Deserialize<JsonElement>(answer.GetRawResponse().Content).GetProperty("choices")[0].GetProperty("message");
        Assert.Equal(thinks, message.TryGetProperty("reasoning_content", out _));
        Assert.Contains("Paris", answer.Value.Content[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_seed_writes_the_same_text()
    {
        var texts = new List<string>();
        foreach (var seed in new[] { 1, 1, 1, 2 })
        {
            var options = new ChatCompletionOptions { Temperature = 1.5f, MaxOutputTokenCount = 30, Seed = seed, ReasoningEffortLevel = new ChatReasoningEffortLevel("none") };
            texts.Add((await _client.GetChatClient("demo-chat").CompleteChatAsync([new UserChatMessage("Tell me a story.")], options, Cancellation)).Value.Content[0].Text);
        }

        // Two of three: what else is computed at the moment may round a number otherwise, and with it draw another token.
        Assert.NotEqual(3, texts.Take(3).Distinct().Count());
        Assert.DoesNotContain(texts[3], texts.Take(3));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/x.png", "image URLs are not currently supported")]
    [InlineData("data:image/png;base64,iVBORw0KGgo=", "does not support multimodal requests")]
    public async Task Images_are_refused_for_a_model_that_cannot_see(string url, string reason)
    {
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => _client.GetChatClient("demo-chat").CompleteChatAsync(
            [new UserChatMessage(ChatMessageContentPart.CreateImagePart(new Uri(url)))], Short, Cancellation));
        Assert.Equal(400, failure.Status);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
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

    private static ChatTool Weather => ChatTool.CreateFunctionTool(
        "get_weather", "Get the weather of a city", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""));

    /// <summary>The calls of an answer, why it ended, and its tokens' log probabilities.</summary>
    private async Task<(List<ChatToolCall> Calls, ChatFinishReason? Finish, List<ChatTokenLogProbabilityDetails> Tokens)> CallAsync(
        IEnumerable<ChatMessage> messages, bool stream, bool logprobs)
    {
        var options = Short;
        options.Tools.Add(Weather);
        options.IncludeLogProbabilities = logprobs ? true : null;
        var chat = _client.GetChatClient("demo-chat");
        if (!stream)
        {
            var answer = (await chat.CompleteChatAsync(messages, options, Cancellation)).Value;
            return ([.. answer.ToolCalls], answer.FinishReason, [.. answer.ContentTokenLogProbabilities]);
        }

        string id = "", name = "", arguments = "";
        ChatFinishReason? finish = null;
        List<ChatTokenLogProbabilityDetails> tokens = [];
        await foreach (var update in chat.CompleteChatStreamingAsync(messages, options, Cancellation))
        {
            foreach (var fragment in update.ToolCallUpdates)
            {
                Assert.Equal(0, fragment.Index);
                id += fragment.ToolCallId;
                name += fragment.FunctionName;
                arguments += fragment.FunctionArgumentsUpdate;
            }

            tokens.AddRange(update.ContentTokenLogProbabilities);
            finish = update.FinishReason ?? finish;
        }

        return ([ChatToolCall.CreateFunctionToolCall(id, name, BinaryData.FromString(arguments))], finish, tokens);
    }
}
