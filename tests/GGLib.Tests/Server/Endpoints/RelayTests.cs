using System.Net;
using System.Text;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>The routes of <c>/v1</c> whose bytes are the engine's own.</summary>
public sealed class RelayTests
{
    private const string Alias = "gglib-0123456789abcdef0123";

    [Fact]
    public async Task A_stream_passes_unchanged_but_for_the_models_name()
    {
        await using var server = await TestServer.StartAsync();
        var events = Samples.Body(Samples.Role, Samples.Content("a"), Samples.Finish, Samples.Usage, "[DONE]");
        server.Engine.Answer = _ => ScriptedEngine.Stream(ScriptedStream.Of(Encoding.UTF8.GetBytes(events).Chunk(11)));
        using var response = await server.SendAsync(server.Request("POST", "/v1/chat/completions", """{"model":"Tiny:Latest","stream":true,"messages":[{"role":"user","content":"x"}]}"""));

        var expected = events.Replace(Alias, "Tiny:Latest", StringComparison.Ordinal).Replace("\"content\":null", "\"content\":\"\"", StringComparison.Ordinal);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Limit.Token));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache", response.Headers.CacheControl?.ToString());
    }

    /// <summary>Clients join the texts of each choice without a check for null.</summary>
    [Fact]
    public async Task Each_choice_of_a_stream_begins_with_an_empty_text()
    {
        await using var server = await TestServer.StartAsync();
        var second = Samples.Role.Replace("\"index\":0", "\"index\":1", StringComparison.Ordinal);
        var events = Samples.Body(Samples.Role, second, Samples.Content(@"\""role\"":\""assistant\"",\""content\"":null"), "[DONE]");
        server.Engine.Answer = _ => ScriptedEngine.Stream(ScriptedStream.Of(Encoding.UTF8.GetBytes(events).Chunk(700)));
        var answer = await server.PostAsync("/v1/chat/completions", """{"model":"tiny","stream":true,"n":2,"messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal(events.Replace(Alias, "tiny", StringComparison.Ordinal).Replace("\"content\":null", "\"content\":\"\"", StringComparison.Ordinal), answer.Text);
    }

    [Theory]
    [InlineData("GET", "/v1/models", null)]
    [InlineData("POST", "/v1/chat/completions", "{")]
    [InlineData("POST", "/v1/nope", "{}")]
    public async Task Every_response_of_OpenAIs_API_has_an_id(string method, string path, string? body)
    {
        await using var server = await TestServer.StartAsync();
        using var first = await server.SendAsync(server.Request(method, path, body));
        using var second = await server.SendAsync(server.Request(method, path, body));

        var id = Assert.Single(first.Headers.GetValues("x-request-id"));
        Assert.Matches("^req_[0-9a-f]{32}$", id);
        Assert.NotEqual(id, Assert.Single(second.Headers.GetValues("x-request-id")));
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"unknown":{"model":"inner"},"messages":[{"role":"user","content":"\u00e9 😀","name":"me"}],  "model" : "tiny", "top_logprobs":2 , "keep_alive":"1h","n":2.0,"stop":"x","max_tokens":5,"logit_bias":{"1":-100}}""", """{"model":"ALIAS","stream":false,"messages":[{"role":"user","content":"é \uD83D\uDE00","name":"me"}],"n":2,"n_predict":5,"stop":["x"],"unknown":{"model":"inner"},"logit_bias":{"1":-100}}""")]
    [InlineData("/v1/completions", """{"prompt":"x","model":"tiny","n":1.0,"stop":["5"],"echo":true}""", """{"model":"ALIAS","prompt":"x","stream":false,"stop":["5"],"echo":true}""")]
    [InlineData("/v1/completions", """{"prompt":["x",[1,2]],"model":"tiny","n":3,"max_tokens":null}""", """{"model":"ALIAS","prompt":["x",[1,2]],"stream":false,"n":3}""")]
    public async Task The_engine_gets_the_request_with_its_own_name_for_the_model(string path, string body, string sent)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json($$"""{"x":1.50,"model":"{{Alias}}"}""");
        var answer = await server.PostAsync(path, body);

        Assert.Equal(new TestServer.Answer(HttpStatusCode.OK, "application/json", """{"x":1.50,"model":"tiny"}"""), answer);
        var call = await server.Engine.NextAsync();
        Assert.Equal((path, sent.Replace("ALIAS", Alias, StringComparison.Ordinal)), (call.Path, call.Body));
    }

    [Theory]
    [InlineData("\"reasoning\":{\"effort\":\"none\"},\"reasoning_effort\":\"high\"", "\"chat_template_kwargs\":{\"enable_thinking\":false},")]
    [InlineData("\"reasoning_effort\":\"minimal\"", "\"chat_template_kwargs\":{\"enable_thinking\":true,\"reasoning_effort\":\"low\"},")]
    [InlineData("\"reasoning_effort\":\"ultra\"", "\"chat_template_kwargs\":{\"enable_thinking\":true,\"reasoning_effort\":\"max\"},")]
    [InlineData("\"reasoning_effort\":\"\",\"reasoning\":null", "\"chat_template_kwargs\":{\"enable_thinking\":true},")]
    [InlineData("\"chat_template_kwargs\":{\"enable_thinking\":false,\"a\":1}", "\"chat_template_kwargs\":{\"enable_thinking\":false,\"a\":1},")]
    [InlineData("\"chat_template_kwargs\":{\"enable_thinking\":false,\"a\":1},\"reasoning_effort\":\"low\"", "\"chat_template_kwargs\":{\"enable_thinking\":true,\"reasoning_effort\":\"low\",\"a\":1},")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":0", "\"chat_template_kwargs\":{\"enable_thinking\":true},\"logprobs\":true,\"top_logprobs\":1,")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":3", "\"chat_template_kwargs\":{\"enable_thinking\":true},\"logprobs\":true,\"top_logprobs\":3,")]
    public async Task Fields_are_sent_in_the_engines_form(string given, string sent)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        // An answer with thinking that is one object is not relayed.
        var stream = given.StartsWith("\"logprobs\"", StringComparison.Ordinal) ? "false" : "true";
        await server.PostAsync("/v1/chat/completions", $$"""{"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"model":"tinytools","x":1.50,"stream":{{stream}},{{given}}}""");

        Assert.Equal($$"""{"model":"{{Alias}}","stream":{{stream}},"messages":[{"role":"user","content":"x"}],{{sent}}"x":1.50}""", (await server.Engine.NextAsync()).Body);
    }

    [Theory]
    [InlineData("\"parallel_tool_calls\":true", true)]
    [InlineData("\"parallel_tool_calls\":false", false)]
    [InlineData("\"parallel_tool_calls\":null", true)]
    public async Task A_stream_with_tools_is_relayed_unless_it_may_have_one_call_only(string given, bool isRelayed)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        await server.PostAsync("/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"x"}],"model":"tinytools","stream":true,{{given}},"tools":[{"type":"function","function":{"name":"f"} },{"type":"web_search"}]}""");

        var body = (await server.Engine.NextAsync()).Body;
        Assert.Equal(isRelayed, body.Contains(Alias, StringComparison.Ordinal));
        Assert.Contains("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("web_search", body, StringComparison.Ordinal);
    }

    /// <summary>As one object the engine would report the markup of a call that the limit cut off as text.</summary>
    [Fact]
    public async Task A_whole_answer_with_tools_is_asked_for_as_a_stream()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        await server.PostAsync("/v1/chat/completions", """{"messages":[{"role":"user","content":"x"}],"model":"tinytools","tools":[{"type":"function","function":{"name":"f"}}]}""");

        Assert.StartsWith("""{"stream":true,"stream_options":{"include_usage":true},""", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_and_sounds_pass_to_a_model_that_takes_them()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        const string Body = """{"model":"tinysee","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}},{"type":"input_audio","input_audio":{"data":"UklGRgAAAABXQVZF","format":"wav"}}]}]}""";

        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/chat/completions", Body)).Status);
        Assert.Equal(Body.Replace("tinysee\",", Alias + "\",\"stream\":false,", StringComparison.Ordinal), (await server.Engine.NextAsync()).Body);
    }

    [Fact]
    public async Task What_follows_the_request_is_not_passed_on()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        await server.PostAsync("/v1/completions", """{"model":"tiny","prompt":"x"} trailing""");

        Assert.Equal($$"""{"model":"{{Alias}}","prompt":"x","stream":false}""", (await server.Engine.NextAsync()).Body);
    }

    [Theory]
    [InlineData("""{"model":"nope","model":"tiny","prompt":"x"}""")]
    [InlineData("""{"model":"\u0074iny","prompt":"x"}""")]
    public async Task The_last_name_counts_however_it_is_written(string body)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json($$"""{"model":"{{Alias}}"}""");

        Assert.Equal("""{"model":"tiny"}""", (await server.PostAsync("/v1/completions", body)).Text);
        Assert.Contains($"\"model\":\"{Alias}\"", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "invalid_request_error", "invalid_request_error")]
    [InlineData(501, "not_supported_error", "api_error")]
    [InlineData(500, "server_error", "api_error")]
    public async Task An_error_of_the_engine_has_OpenAIs_form(int status, string type, string expected)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json($$$"""{"error":{"code":{{{status}}},"message":"no \"way\"","type":"{{{type}}}"}}""", (HttpStatusCode)status);
        var answer = await server.PostAsync("/v1/completions", """{"model":"tiny","prompt":"x"}""");

        Assert.Equal(new TestServer.Answer((HttpStatusCode)status, "application/json", $$$"""{"error":{"message":"no \"way\"","type":"{{{expected}}}","param":null,"code":null}}"""), answer);
    }

    [Fact]
    public async Task A_stream_that_breaks_ends_with_an_error_event_and_no_mark_of_its_end()
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        upstream.Send(Samples.Body(Samples.Content("a")) + "data: {\"choices\":[{\"del");
        var asking = server.PostAsync("/v1/chat/completions", """{"model":"tiny","stream":true,"messages":[{"role":"user","content":"x"}]}""");
        await server.Engine.NextAsync();
        server.Runners.Runners.Single().Die("killed");
        upstream.Break();

        Assert.Equal(
            Samples.Body(
                Samples.Content("a").Replace(Alias, "tiny", StringComparison.Ordinal),
                """{"error":{"message":"an error was encountered while running the model: llama-server ended unexpectedly: killed","type":"api_error","param":null,"code":null}}"""),
            (await asking).Text);
    }

    [Fact]
    public async Task A_stream_that_breaks_before_its_first_event_is_an_error()
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        upstream.Send("data: {\"choices\":[{\"del");
        var asking = server.PostAsync("/v1/chat/completions", """{"model":"tiny","stream":true,"messages":[{"role":"user","content":"x"}]}""");
        await server.Engine.NextAsync();
        server.Runners.Runners.Single().Die("killed");
        upstream.Break();

        var answer = await asking;
        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal("application/json", answer.ContentType);
    }

    [Fact]
    public async Task Half_an_object_does_not_look_whole()
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream, "application/json");
        upstream.Send("""{"object":""");
        var asking = server.PostAsync("/v1/completions", """{"model":"tiny","prompt":"x"}""");
        await server.Engine.NextAsync();
        server.Runners.Runners.Single().Die("killed");
        upstream.Break();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => asking);
    }

    [Fact]
    public async Task An_event_reaches_the_client_while_the_engine_is_still_writing()
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        upstream.Event("1");
        using var response = await server.SendAsync(server.Request("POST", "/v1/completions", """{"model":"tiny","stream":true,"prompt":"x"}"""));
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Limit.Token));

        Assert.Equal("data: 1", await lines.ReadLineAsync(Limit.Token));
        upstream.Event("2");
        await lines.ReadLineAsync(Limit.Token);
        Assert.Equal("data: 2", await lines.ReadLineAsync(Limit.Token));
        upstream.End();
    }

    [Theory]
    [InlineData("\"keep_alive\":0,", null)]
    [InlineData("", "0")]
    [InlineData("", "0s")]
    public async Task Keep_alive_can_be_said_in_the_body_and_in_a_header(string field, string? header)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        using var request = server.Request("POST", "/v1/completions", $$"""{{{field}}"model":"tiny","prompt":"x"}""");
        if (header is not null)
        {
            request.Headers.Add("X-Keep-Alive", header);
        }

        using var response = await server.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await server.Runners.Runners.Single().Exited.Within();
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("x")]
    public async Task A_header_that_says_nothing_is_passed_over(string header)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        using var request = server.Request("POST", "/v1/completions", """{"model":"tiny","prompt":"x"}""");
        request.Headers.Add("X-Keep-Alive", header);
        using var response = await server.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
