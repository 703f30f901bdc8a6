using System.Net;
using System.Text.Json;

namespace GGLib.Acceptance.Compatibility;

/// <summary>Whether and which tool is called is the client's choice on every API that has one.</summary>
public sealed class ToolChoiceTests(CompatibilityServer server)
{
    private static readonly Dictionary<string, string> Tools = new()
    {
        ["get_weather"] = """{"type":"object","properties":{"city":{"type":"string","maxLength":20}},"required":["city"]}""",
        ["zzz"] = """{"type":"object","properties":{}}""",
    };

    private static ApiRequest Weather => new("demo-chat", Turn.User("What is the weather in Paris?")) { Tools = Tools };

    [Theory]
    [MemberData(nameof(Apis.WithToolChoice), MemberType = typeof(Apis))]
    public async Task The_named_tool_is_called(Api api, bool stream)
    {
        var answer = await server.AskAsync(api, Weather with { Choice = "zzz", Stream = stream });
        Assert.NotEmpty(answer.Calls);
        Assert.All(answer.Calls, static call => Assert.Equal("zzz", call.Name));
    }

    [Theory]
    [MemberData(nameof(Apis.WithToolChoice), MemberType = typeof(Apis))]
    public async Task A_required_call_is_made(Api api, bool stream)
    {
        // The engine allows text before the call, so the question must not invite the model to write until the limit.
        var answer = await server.AskAsync(api, Weather with { Choice = "required", Stream = stream });
        Assert.NotEmpty(answer.Calls);
        Assert.All(answer.Calls, static call => Assert.Contains(call.Name, Tools.Keys));
        Assert.DoesNotContain("tool_call>", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Apis.WithToolChoice), MemberType = typeof(Apis))]
    public async Task None_never_calls(Api api, bool stream)
    {
        foreach (var turns in new Turn[][]
        {
            [Turn.User("What is the weather in Paris?")],
            [
                Turn.User("What is the weather in Paris?"), Turn.Call("c1", "get_weather", """{"city":"Paris"}"""), Turn.Result("c1", "sunny"), Turn.Assistant("It is sunny."),
                Turn.User("What is the weather in Rome?"),
            ],
            [Turn.User("What is the weather in Paris?"), Turn.Call("c1", "get_weather", """{"city":"Paris"}"""), Turn.Result("c1", "sunny")],
        })
        {
            foreach (var thinks in new[] { false, true })
            {
                var answer = await server.AskAsync(api, Weather with { Turns = turns, Choice = "none", Stream = stream, Thinks = thinks });
                Assert.Empty(answer.Calls);
                Assert.DoesNotContain("tool_call", answer.Text, StringComparison.Ordinal);
                Assert.DoesNotContain("\"arguments\"", answer.Text, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Apis.WithToolChoice), MemberType = typeof(Apis))]
    public async Task One_call_at_most_is_made(Api api, bool stream)
    {
        var question = Weather with { Turns = [Turn.User("What is the weather in Paris and in Rome?")], CallsOneAtMost = true, Stream = stream };
        Assert.Single((await server.AskAsync(api, question with { Choice = "required" })).Calls);
        Assert.InRange((await server.AskAsync(api, question)).Calls.Count, 0, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_allowed_tools_are_called(bool stream)
    {
        var chat = Body(Api.ChatCompletions, """{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"zzz"}}]}}""", stream);
        var responses = Body(Api.Responses, """{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"zzz"}]}""", stream);
        foreach (var (api, body) in new[] { (Api.ChatCompletions, chat), (Api.Responses, responses) })
        {
            var reply = await server.AskAsync(ApiRequest.PathOf(api), body);
            var answer = stream ? StreamedAnswer.Read(api, reply) : ApiAnswer.Read(api, reply.Json);
            Assert.NotEmpty(answer.Calls);
            Assert.All(answer.Calls, static call => Assert.Equal("zzz", call.Name));
        }
    }

    [Theory]
    [InlineData(Api.ChatCompletions, """{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"zzz"}}]}}""")]
    [InlineData(Api.Responses, """{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"zzz"}]}""")]
    public async Task A_tool_that_is_not_allowed_is_not_called(Api api, string choice)
    {
        var answer = ApiAnswer.Read(api, (await server.AskAsync(ApiRequest.PathOf(api), Body(api, choice, stream: false))).Json);
        Assert.DoesNotContain(answer.Calls, static call => call.Name != "zzz");
    }

    [Theory]
    [InlineData(Api.ChatCompletions)]
    [InlineData(Api.Responses)]
    [InlineData(Api.Messages)]
    public async Task A_choice_of_an_unknown_tool_is_an_error(Api api)
    {
        var reply = await server.PostAsync(ApiRequest.PathOf(api), (Weather with { Choice = "nope" }).BodyFor(api));
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Contains("nope", reply.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Api.ChatCompletions)]
    [InlineData(Api.Responses)]
    [InlineData(Api.Messages)]
    public async Task Every_call_can_be_parsed(Api api)
    {
        var answer = await server.AskAsync(api, Weather with { Choice = "get_weather" });
        Assert.All(answer.Calls, static call => Assert.True(JsonElement.Parse(call.Arguments).TryGetProperty("city", out _)));
    }

    private static string Body(Api api, string choice, bool stream) => (Weather with { Stream = stream }).BodyFor(api)[..^1] + $",\"tool_choice\":{choice}}}";
}
