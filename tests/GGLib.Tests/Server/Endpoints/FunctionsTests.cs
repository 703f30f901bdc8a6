using System.Text.RegularExpressions;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Chat completions with <c>functions</c> and <c>function_call</c>, which preceded <c>tools</c> and <c>tool_choice</c>.</summary>
public sealed partial class FunctionsTests
{
    private const string Request = """
        {"model":"tinytools","stream":STREAM,"functions":[{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}],"messages":[
        {"role":"user","content":"hi"},
        {"role":"assistant","content":null,"function_call":{"name":"get_weather","arguments":"{\"city\":\"Bonn\"}"}},
        {"role":"function","name":"get_weather","content":"rain"},
        {"role":"user","content":"and in Cologne?"}]}
        """;

    private const string Second = """{"choices":[{"finish_reason":null,"index":0,"delta":{"tool_calls":[{"index":1,"id":"abc124","type":"function","function":{"name":"get_weather","arguments":"{}"}}]}}]}""";
    private const string Finish = """{"choices":[{"finish_reason":"tool_calls","index":0,"delta":{}}]}""";

    [Fact]
    public async Task An_answer_has_a_function_call()
    {
        await using var server = await StartAsync();
        var answer = await server.PostAsync("/v1/chat/completions", Request.Replace("STREAM", "false", StringComparison.Ordinal));

        Assert.Equal(
            """{"id":"I","object":"chat.completion","created":1,"model":"tinytools","choices":[{"index":0,"message":{"role":"assistant","content":"","function_call":{"name":"get_weather","arguments":"{\"city\":\"Köln\"}"}},"finish_reason":"function_call"}],"usage":{"prompt_tokens":11,"completion_tokens":2,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":4}}}""",
            Same(answer.Text));
        var sent = await ChatAsync(server.Engine);
        Assert.Contains("""{"role":"assistant","content":"","tool_calls":[{"id":"call_0","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Bonn\"}"}}]},{"role":"tool","content":"rain","name":"get_weather","tool_call_id":"call_0"}""", sent, StringComparison.Ordinal);
        Assert.Contains("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"", sent, StringComparison.Ordinal);
        Assert.Contains("\"parallel_tool_calls\":false", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_has_fragments_of_a_function_call()
    {
        await using var server = await StartAsync();
        var answer = await server.PostAsync("/v1/chat/completions", Request.Replace("STREAM", "true", StringComparison.Ordinal));

        Assert.Equal(
            """
            data: {"id":"I","object":"chat.completion.chunk","created":1,"model":"tinytools","choices":[{"index":0,"delta":{"role":"assistant","function_call":{"name":"get_weather","arguments":"{\"city\":"}},"finish_reason":null}]}

            data: {"id":"I","object":"chat.completion.chunk","created":1,"model":"tinytools","choices":[{"index":0,"delta":{"function_call":{"arguments":"\"Köln\"}"}},"finish_reason":null}]}

            data: {"id":"I","object":"chat.completion.chunk","created":1,"model":"tinytools","choices":[{"index":0,"delta":{},"finish_reason":"function_call"}]}

            data: [DONE]


            """,
            Same(answer.Text));
    }

    // The first conversation of a model is preceded by requests that find out what its template accepts.
    private static async Task<string> ChatAsync(ScriptedEngine engine)
    {
        while (true)
        {
            if (await engine.NextAsync() is { Path: "/v1/chat/completions" } call)
            {
                return call.Body;
            }
        }
    }

    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        server.Engine.Answer = static _ => ScriptedEngine.Events(Samples.Role, Samples.ToolStart, Samples.ToolRest, Second, Finish, Samples.Usage, "[DONE]");
        return server;
    }

    private static string Same(string text) => CreatedPattern().Replace(IdPattern().Replace(text, "\"id\":\"I\""), "\"created\":1");

    [GeneratedRegex("\"id\":\"chatcmpl-[^\"]*\"")]
    private static partial Regex IdPattern();

    [GeneratedRegex("\"created\":\\d+")]
    private static partial Regex CreatedPattern();
}
