using System.Net;
using System.Text.RegularExpressions;
using GGLib.Server;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Tool calls that are repaired, and turns that are ended, in every API.</summary>
public sealed partial class CheckedCallTests
{
    private const string Parameters = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";
    private const string OpenAITools = $$$"""[{"type":"function","function":{"name":"get_weather","parameters":{{{Parameters}}}}},{"type":"function","function":{"name":"now"}}]""";
    private const string Refusal = """{"error":{"code":500,"message":"The model produced output that does not match the expected peg-native format","type":"server_error"}}""";

    private static readonly string[] Invalid = [Samples.Role, Samples.Content("Let me look."), Call(0, "get_weather", """{\"town\":1}"""), Samples.Finish, Samples.Usage, "[DONE]"];
    private static readonly string[] Valid = [Samples.Role, Samples.Content("Sure."), Call(0, "get_weather", """{\"city\":\"Köln\"}"""), Samples.Finish, Samples.Usage, "[DONE]"];

    public static TheoryData<string, string> Requests() => new()
    {
        { "/api/chat", $$"""{"model":"tinytools","messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""" },
        { "/api/chat", $$"""{"model":"tinytools","stream":false,"messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""" },
        { "/v1/chat/completions", $$"""{"model":"tinytools","stream":true,"messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""" },
        { "/v1/chat/completions", $$"""{"model":"tinytools","messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""" },
        { "/v1/responses", $$"""{"model":"tinytools","stream":true,"input":"hi","tools":[{"type":"function","name":"get_weather","parameters":{{Parameters}}}]}""" },
        { "/v1/responses", $$"""{"model":"tinytools","input":"hi","tools":[{"type":"function","name":"get_weather","parameters":{{Parameters}}}]}""" },
        { "/v1/messages", $$"""{"model":"tinytools","stream":true,"max_tokens":99,"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"get_weather","input_schema":{{Parameters}}}]}""" },
        { "/v1/messages", $$"""{"model":"tinytools","max_tokens":99,"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"get_weather","input_schema":{{Parameters}}}]}""" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task An_invalid_call_is_replaced_by_a_forced_one(string path, string body)
    {
        await using var server = await StartAsync(repairs: true, Invalid, Valid);
        var answer = await server.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("Let me look.", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Sure.", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("town", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Köln", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("tool_choice\":\"required", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
        var forced = (await server.Engine.NextAsync()).Body;
        Assert.Contains("\"tool_choice\":\"required\",\"parallel_tool_calls\":false", forced, StringComparison.Ordinal);
        Assert.Contains("\"enable_thinking\":false", forced, StringComparison.Ordinal);
        Assert.DoesNotContain("now", forced, StringComparison.Ordinal);
        Assert.False(server.Engine.HasMore);
        var notes = (await server.NextEndedAsync()).Notes;
        Assert.Equal((1, null, 4L), (notes.RepairedToolCalls, notes.ToolCallProblem, notes.GeneratedTokens));
        Assert.Contains("\"tool_calls\":{\"repaired\":1,\"unrepaired\":0,\"ended_loops\":0}", (await server.AskAsync("GET", "/api/gglib/status")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_repaired_stream_is_exact()
    {
        await using var server = await StartAsync(repairs: true, Invalid, Valid);
        var answer = await server.PostAsync("/v1/chat/completions", $$"""{"model":"tinytools","stream":true,"messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""");

        Assert.Equal(
            """
            data: {"id":"I","object":"chat.completion.chunk","created":1,"model":"tinytools","choices":[{"index":0,"delta":{"role":"assistant","content":"Let me look."},"finish_reason":null}]}

            data: {"id":"I","object":"chat.completion.chunk","created":1,"model":"tinytools","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c0","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Köln\"}"}}]},"finish_reason":null}]}

            data: {"id":"I","object":"chat.completion.chunk","created":1,"model":"tinytools","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

            data: [DONE]


            """,
            Same(answer.Text));
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_call_that_the_engine_cannot_parse_is_replaced(string path, string body)
    {
        await using var server = await StartAsync(repairs: true, [Samples.Role, Samples.Content("Let me look."), Refusal], Valid);
        var answer = await server.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("Köln", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("peg-native", answer.Text, StringComparison.Ordinal);
        Assert.Equal(1, (await server.NextEndedAsync()).Notes.RepairedToolCalls);
    }

    [Fact]
    public async Task A_second_invalid_call_leaves_the_first_answer_as_it_was()
    {
        await using var server = await StartAsync(repairs: true, Invalid, Invalid);
        var answer = await server.PostAsync("/v1/chat/completions", $$"""{"model":"tinytools","messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""");

        Assert.Contains("town", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"tool_calls\"", answer.Text, StringComparison.Ordinal);
        Assert.Equal("/city: is missing", (await server.NextEndedAsync()).Notes.ToolCallProblem);
        Assert.Contains("\"tool_calls\":{\"repaired\":0,\"unrepaired\":1,", (await server.AskAsync("GET", "/api/gglib/status")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Valid_calls_beside_an_invalid_one_are_kept()
    {
        string[] mixed = [Samples.Role, Call(0, "now", "{}"), Call(1, "get_weather", "{}"), Samples.Finish, Samples.Usage, "[DONE]"];
        await using var server = await StartAsync(repairs: true, mixed, Valid);
        var answer = await server.PostAsync("/v1/chat/completions", $$"""{"model":"tinytools","messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""");

        Assert.Matches("\"name\":\"now\".*\"name\":\"get_weather\".*Köln", answer.Text);
    }

    [Fact]
    public async Task A_call_that_the_limit_cut_off_is_not_asked_for_again()
    {
        string[] cut = [Samples.Role, Call(0, "get_weather", """{\"ci"""), Samples.Finish.Replace("stop", "length", StringComparison.Ordinal), Samples.Usage, "[DONE]"];
        await using var server = await StartAsync(repairs: true, cut);
        var answer = await server.PostAsync("/v1/chat/completions", $$"""{"model":"tinytools","messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""");

        Assert.Contains("\"finish_reason\":\"length\"", answer.Text, StringComparison.Ordinal);
        await server.Engine.NextAsync();
        Assert.False(server.Engine.HasMore);
    }

    [Fact]
    public async Task A_second_answer_that_the_limit_cut_off_is_not_used()
    {
        await using var server = await StartAsync(repairs: true, Invalid, [.. Valid.Select(static data => data == Samples.Finish ? data.Replace("stop", "length", StringComparison.Ordinal) : data)]);
        var answer = await server.PostAsync("/v1/chat/completions", $$"""{"model":"tinytools","messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""");

        Assert.Contains("town", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Köln", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_tool_is_replaced_by_any_tool()
    {
        await using var server = await StartAsync(repairs: true, [Samples.Role, Call(0, "weather", "{}"), Samples.Finish, Samples.Usage, "[DONE]"], Valid);
        var answer = await server.PostAsync("/v1/chat/completions", $$"""{"model":"tinytools","messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""");

        Assert.Contains("Köln", answer.Text, StringComparison.Ordinal);
        await server.Engine.NextAsync();
        Assert.Matches("\"name\":\"get_weather\".*\"name\":\"now\"", (await server.Engine.NextAsync()).Body);
    }

    [Fact]
    public async Task Several_answers_at_once_are_not_checked()
    {
        await using var server = await StartAsync(repairs: true, Invalid);
        var answer = await server.PostAsync("/v1/chat/completions", $$"""{"model":"tinytools","n":2,"stream":true,"messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""");

        Assert.Contains("town", answer.Text, StringComparison.Ordinal);
    }

    // The engine rejects log probabilities together with tools in a stream.
    [Fact]
    public async Task Log_probabilities_are_asked_for_as_one_object()
    {
        await using var server = await StartAsync(repairs: true, Valid);
        await server.PostAsync("/v1/chat/completions", $$"""{"model":"tinytools","logprobs":true,"messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""");

        var body = (await server.Engine.NextAsync()).Body;
        Assert.Contains("\"stream\":false", body, StringComparison.Ordinal);
        Assert.Contains("\"logprobs\":true", body, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task By_default_an_invalid_call_reaches_the_client(string path, string body)
    {
        await using var server = await StartAsync(repairs: false, Invalid);
        var answer = await server.PostAsync(path, body);

        Assert.Contains("town", answer.Text, StringComparison.Ordinal);
        await server.Engine.NextAsync();
        Assert.False(server.Engine.HasMore);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Identical_calls_end_the_turn(string path, string body)
    {
        string[] loop = [Samples.Role, Samples.Content("Hm."), Call(0, "get_weather", """{\"city\":\"Köln\"}"""), Call(1, "get_weather", """{\"city\":\"Köln\"}"""), Samples.Finish, Samples.Usage, "[DONE]"];
        await using var server = await StartAsync(repairs: false, loop);
        var answer = await server.PostAsync(path, body);

        Assert.Contains("The turn was ended: 'get_weather' was called with the same arguments 2 times in a row.", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Köln", answer.Text, StringComparison.Ordinal);
        Assert.Contains(
            path switch
            {
                "/api/chat" => "\"done_reason\":\"tool_call_loop\"",
                "/v1/chat/completions" => "\"finish_reason\":\"stop\"",
                "/v1/responses" => "\"status\":\"completed\"",
                _ => "\"stop_reason\":\"end_turn\"",
            },
            answer.Text,
            StringComparison.Ordinal);
        Assert.True((await server.NextEndedAsync()).Notes.EndedToolCallLoop);
        Assert.Contains("\"ended_loops\":1}", (await server.AskAsync("GET", "/api/gglib/status")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_of_identical_calls_is_not_read_to_its_end()
    {
        await using var server = await TestServer.StartAsync(Options(repairs: false));
        var stream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(stream);
        var asked = server.PostAsync("/api/chat", $$"""{"model":"tinytools","stream":false,"messages":[{"role":"user","content":"hi"}],"tools":{{OpenAITools}}}""");
        stream.Send(Samples.Body([Samples.Role, .. Enumerable.Range(0, 3).Select(static index => Call(index, "now", "{}"))]));

        // The engine would go on: the stream has no end.
        Assert.Contains("tool_call_loop", (await asked).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_of_earlier_answers_count()
    {
        await using var server = await StartAsync(repairs: false, Valid);
        var answer = await server.PostAsync(
            "/v1/messages",
            $$$"""{"model":"tinytools","max_tokens":99,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"get_weather","input":{"city":"Köln"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"?"},{"type":"text","text":"<system-reminder>go on</system-reminder>"}]}],"tools":[{"name":"get_weather","input_schema":{{{Parameters}}}}]}""");

        Assert.Contains("Sure.\\n\\nThe turn was ended", answer.Text, StringComparison.Ordinal);
    }

    private static string Call(int index, string name, string arguments) =>
        $$$"""{"choices":[{"finish_reason":null,"index":0,"delta":{"tool_calls":[{"index":{{{index}}},"id":"c{{{index}}}","type":"function","function":{"name":"{{{name}}}","arguments":"{{{arguments}}}"}}]}}]}""";

    private static ServerOptions Options(bool repairs) => new() { Version = "0.1.0", Transfers = TestServer.Nowhere, RepairsToolCalls = _ => repairs, ToolCallLoopLimit = _ => repairs ? 0 : 2 };

    private static async Task<TestServer> StartAsync(bool repairs, params string[][] answers)
    {
        var server = await TestServer.StartAsync(Options(repairs));
        var next = 0;
        server.Engine.Answer = call => call.Path is "/v1/chat/completions" ? ScriptedEngine.Events(answers[next++]) : ScriptedEngine.Json("""{"prompt":"x"}""");
        return server;
    }

    private static string Same(string text) => CreatedPattern().Replace(IdPattern().Replace(text, "\"id\":\"I\""), "\"created\":1");

    [GeneratedRegex("\"id\":\"chatcmpl-[^\"]*\"")]
    private static partial Regex IdPattern();

    [GeneratedRegex("\"created\":[0-9]+")]
    private static partial Regex CreatedPattern();
}
