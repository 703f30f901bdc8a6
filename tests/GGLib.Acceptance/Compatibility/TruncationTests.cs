using System.Text.Json;

namespace GGLib.Acceptance.Compatibility;

/// <summary>An answer that was cut off says so in the API's own word, and can be sent back.</summary>
public sealed class TruncationTests(CompatibilityServer server)
{
    private static readonly Dictionary<string, string> Tools = new()
    {
        ["get_weather"] = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""",
    };

    [Theory]
    [MemberData(nameof(Apis.AllStreamedOrNot), MemberType = typeof(Apis))]
    public async Task Text_that_is_cut_off_says_so(Api api, bool stream)
    {
        var answer = await server.AskAsync(api, new ApiRequest("demo-chat", Turn.User("What is the capital of France?")) { Limit = 3, Stream = stream });
        Assert.NotEmpty(answer.Text);
        Assert.Equal(ApiAnswer.TruncatedOf(api), answer.Finish);
    }

    [Theory]
    [MemberData(nameof(Apis.AllStreamedOrNot), MemberType = typeof(Apis))]
    public async Task Thinking_that_is_cut_off_says_so(Api api, bool stream)
    {
        var answer = await server.AskAsync(api, new ApiRequest("demo-chat", Turn.User("What is the capital of France?")) { Limit = 4, Stream = stream, Thinks = true });
        Assert.NotEmpty(answer.Thinking);
        Assert.Equal(ApiAnswer.TruncatedOf(api), answer.Finish);
    }

    /// <summary>At each length up to the whole call, through the markup, the name and the arguments.</summary>
    [Theory]
    [MemberData(nameof(Apis.WithToolChoice), MemberType = typeof(Apis))]
    public async Task A_call_that_is_cut_off_says_so_and_can_be_sent_back(Api api, bool stream)
    {
        var question = new ApiRequest("demo-chat", Turn.User("What is the weather in Paris?")) { Tools = Tools, Choice = "required", Stream = stream };
        var isWhole = false;
        for (var limit = 1; limit <= 60 && !isWhole; limit += 2)
        {
            var answer = await server.AskAsync(api, question with { Limit = limit });
            isWhole = answer.Finish != ApiAnswer.TruncatedOf(api);
            Assert.True(isWhole || limit < 60, "the call never ends");
            Assert.DoesNotContain("tool_call", answer.Text, StringComparison.Ordinal);
            List<Turn> turns = [.. question.Turns];
            if (answer.Text.Length > 0 && answer.Calls.Count == 0)
            {
                turns.Add(Turn.Assistant(answer.Text));
            }

            foreach (var (call, index) in answer.Calls.Select(static (call, index) => (call, index)))
            {
                // The Messages API has objects only: its clients cannot send back a part of one.
                turns.Add(Turn.Call($"c{index}", call.Name, api is Api.Messages && !IsWhole(call.Arguments) ? "{}" : call.Arguments));
                turns.Add(Turn.Result($"c{index}", "the call was cut off"));
            }

            await server.AskAsync(api, question with { Turns = [.. turns, Turn.User("Go on.")], Choice = null, Limit = 4 });
        }

        Assert.True(isWhole);
    }

    [Theory]
    [MemberData(nameof(Apis.AllStreamedOrNot), MemberType = typeof(Apis))]
    public async Task A_call_that_nobody_forced_is_cut_off_as_well(Api api, bool stream)
    {
        var question = new ApiRequest("demo-chat", Turn.User("What is the weather in Paris?")) { Tools = Tools, Stream = stream };
        for (var limit = 3; limit <= 15; limit += 4)
        {
            var answer = await server.AskAsync(api, question with { Limit = limit });
            Assert.Equal(ApiAnswer.TruncatedOf(api), answer.Finish);
            Assert.DoesNotContain("tool_call", answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(Api.ChatCompletions, "{\"ci")]
    [InlineData(Api.ChatCompletions, "{\"city\":\"Par")]
    [InlineData(Api.ChatCompletions, "")]
    [InlineData(Api.Responses, "{\"ci")]
    [InlineData(Api.Responses, "{\"city\":\"Par")]
    [InlineData(Api.Responses, "")]
    public async Task A_part_of_a_call_can_be_sent_back(Api api, string arguments)
    {
        var answer = await server.AskAsync(api, new ApiRequest(
            "demo-chat", Turn.User("What is the weather in Paris?"), Turn.Call("c1", "get_weather", arguments), Turn.Result("c1", "error: invalid JSON"))
        { Limit = 4, Tools = Tools });
        Assert.True(answer.PromptTokens > 0);
    }

    private static bool IsWhole(string json)
    {
        try
        {
            return JsonElement.Parse(json).ValueKind is JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
