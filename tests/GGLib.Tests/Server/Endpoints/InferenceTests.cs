using System.Net;
using System.Text.Json;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary><c>/api/chat</c> and <c>/api/generate</c> from the client's bytes to the client's bytes.</summary>
public sealed class InferenceTests
{
    private const string Chat = """{"model":"tiny","messages":[{"role":"user","content":"hi"}]}""";
    private const string ChatWhole = """{"model":"tiny","stream":false,"messages":[{"role":"user","content":"hi"}]}""";
    private const string Json = "application/json; charset=utf-8";
    private const string Counts = ""","total_duration":1,"load_duration":1,"prompt_eval_count":11,"prompt_eval_duration":1,"eval_count":2,"eval_duration":1}""";

    [Fact]
    public async Task A_streamed_chat()
    {
        await using var server = await AnsweringAsync(Samples.Role, Samples.Content("Hi"), Samples.Content(" there"), Samples.Finish, Samples.Usage, "[DONE]");

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.OK, "application/x-ndjson", $$$"""
                {"model":"tiny","created_at":"T","message":{"role":"assistant","content":"Hi"},"done":false}
                {"model":"tiny","created_at":"T","message":{"role":"assistant","content":" there"},"done":false}
                {"model":"tiny","created_at":"T","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"{{{Counts}}}

                """),
            await server.PostAsync("/api/chat", Chat));
        var call = await server.Engine.NextAsync();
        Assert.Equal("/v1/chat/completions", call.Path);
        Assert.Equal("""{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}],"n_predict":-1,"top_p":0.9,"min_p":0,"cache_prompt":true}""", call.Body);
    }

    [Fact]
    public async Task A_chat_as_one_object()
    {
        await using var server = await AnsweringAsync(Samples.Role, Samples.Content("Hi"), Samples.Content(" there"), Samples.Finish, Samples.Usage, "[DONE]");

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.OK, Json, $$$"""{"model":"tiny","created_at":"T","message":{"role":"assistant","content":"Hi there"},"done":true,"done_reason":"stop"{{{Counts}}}"""),
            await server.PostAsync("/api/chat", ChatWhole));
    }

    [Fact]
    public async Task A_generation_goes_through_the_models_template()
    {
        await using var server = await AnsweringAsync(Samples.Content("Hi"), Samples.Finish, Samples.Usage, "[DONE]");

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.OK, Json, $$"""{"model":"tiny:latest","created_at":"T","response":"Hi","done":true,"done_reason":"stop"{{Counts}}"""),
            await server.PostAsync("/api/generate", """{"model":"tiny:latest","prompt":"hi","system":"be brief","stream":false}"""));
        var call = await server.Engine.NextAsync();
        Assert.Equal("/v1/chat/completions", call.Path);
        Assert.StartsWith("""{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}],""", call.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_raw_prompt_goes_as_it_is()
    {
        await using var server = await AnsweringAsync(Samples.Completion("x"), Samples.CompletionEnd);

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.OK, "application/x-ndjson", $$"""
                {"model":"tiny","created_at":"T","response":"x","done":false}
                {"model":"tiny","created_at":"T","response":"","done":true,"done_reason":"length"{{Counts}}

                """),
            await server.PostAsync("/api/generate", """{"model":"tiny","prompt":"<s>hi","raw":true}"""));
        var call = await server.Engine.NextAsync();
        Assert.Equal(("/completion", """{"prompt":"<s>hi","stream":true,"n_predict":-1,"top_p":0.9,"min_p":0,"cache_prompt":true}"""), (call.Path, call.Body));
    }

    [Theory]
    [InlineData("/api/chat", "\"messages\":[{\"content\":\"what?\",\"images\":[\"/9j/4A==\",\"UklGRgAAAABXQVZF\"]}]")]
    [InlineData("/api/generate", "\"prompt\":\"what?\",\"images\":[\"/9j/4A==\",\"UklGRgAAAABXQVZF\"]")]
    public async Task Images_and_sounds_are_parts_of_the_message(string path, string fields)
    {
        await using var server = await AnsweringAsync(Samples.Content("Hi"), Samples.Finish, "[DONE]");

        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(path, $$"""{"model":"tinysee",{{fields}}}""")).Status);
        Assert.Contains(
            """[{"role":"user","content":[{"type":"text","text":"what?"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/4A=="}},{"type":"input_audio","input_audio":{"data":"UklGRgAAAABXQVZF","format":"wav"}}]}]""",
            (await server.Engine.NextAsync()).Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gap_is_filled()
    {
        await using var server = await AnsweringAsync(Samples.Completion("x"), Samples.CompletionEnd);
        await server.PostAsync("/api/generate", """{"model":"tinyfill","prompt":"a(","suffix":")"}""");

        var call = await server.Engine.NextAsync();
        Assert.Equal(("/infill", """{"input_prefix":"a(","input_suffix":")","stream":true,"n_predict":-1,"top_p":0.9,"min_p":0,"cache_prompt":true}"""), (call.Path, call.Body));
    }

    [Theory]
    [InlineData("""{"MODEL":"nope","Model":"tiny","MESSAGES":[{"Role":"USER","CONTENT":"hi"}],"keep_alive":null,"options":null,"tools":null,"format":"","think":null,"unknown":{"a":[1]},"stream":null} trailing""")]
    [InlineData("""{"model":"nope","model":"tiny","messages":[{"content":"hi"}],"options":{"mirostat":1,"tfs_z":"x","num_gpu":null}}""")]
    public async Task Names_in_any_case_nulls_unknown_fields_and_trailing_bytes_are_taken(string body)
    {
        await using var server = await AnsweringAsync(Samples.Content("Hi"), Samples.Finish, "[DONE]");

        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", body)).Status);
        Assert.Contains("""[{"role":"user","content":"hi"}]""", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_token_reaches_the_client_while_the_engine_is_still_writing()
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        upstream.Send(Samples.Body(Samples.Role, Samples.Content("a"), Samples.Content("b")));

        using var response = await server.SendAsync(server.Request("POST", "/api/chat", Chat));
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Limit.Token));

        Assert.Contains("\"content\":\"a\"", await lines.ReadLineAsync(Limit.Token), StringComparison.Ordinal);
        Assert.Contains("\"content\":\"b\"", await lines.ReadLineAsync(Limit.Token), StringComparison.Ordinal);
        upstream.Event(Samples.Content("c"));
        Assert.Contains("\"content\":\"c\"", await lines.ReadLineAsync(Limit.Token), StringComparison.Ordinal);
        upstream.Send(Samples.Body(Samples.Finish, "[DONE]"));
        Assert.Contains("\"done\":true", await lines.ReadLineAsync(Limit.Token), StringComparison.Ordinal);
        Assert.Null(await lines.ReadLineAsync(Limit.Token));
    }

    [Theory]
    [InlineData("/api/chat", Chat, "application/json")]
    [InlineData("/api/chat", ChatWhole, Json)]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x"}""", "application/json")]
    public async Task What_the_engine_refuses_keeps_its_status(string path, string body, string type)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("""{"error":{"code":400,"message":"Field 'json_schema': no","type":"invalid_request_error"}}""", HttpStatusCode.BadRequest);

        Assert.Equal(new TestServer.Answer(HttpStatusCode.BadRequest, type, """{"error":"Field 'json_schema': no"}"""), await server.PostAsync(path, body));
    }

    [Theory]
    [InlineData(500, "image input is not supported - hint: x", 400)]
    [InlineData(500, "Unsupported role", 400)]
    [InlineData(500, "Compute error.", 500)]
    [InlineData(503, "Loading model", 503)]
    public async Task Faults_of_the_client_are_told_from_the_engines(int engine, string message, int expected)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json($$$"""{"error":{"code":{{{engine}}},"message":"{{{message}}}","type":"server_error"}}""", (HttpStatusCode)engine);

        Assert.Equal((HttpStatusCode)expected, (await server.PostAsync("/api/chat", Chat)).Status);
    }

    [Fact]
    public async Task An_engine_that_answers_nonsense_is_a_500()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("<html>", HttpStatusCode.BadGateway);
        Assert.Equal("""{"error":"the engine answered with status 502"}""", (await server.PostAsync("/api/chat", Chat)).Text);

        server.Engine.Answer = _ => ScriptedEngine.Events("<html>");
        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.InternalServerError, "application/json", """{"error":"an error was encountered while running the model: the engine sent invalid events"}"""),
            await server.PostAsync("/api/chat", Chat));
    }

    [Theory]
    [InlineData(Chat, "application/json")]
    [InlineData(ChatWhole, Json)]
    public async Task An_error_before_the_first_chunk_has_its_status(string body, string type)
    {
        await using var server = await AnsweringAsync(Samples.Role, """{"error":{"code":503,"message":"busy"}}""");

        Assert.Equal(new TestServer.Answer(HttpStatusCode.ServiceUnavailable, type, """{"error":"busy"}"""), await server.PostAsync("/api/chat", body));
    }

    [Fact]
    public async Task An_error_after_the_first_chunk_is_the_last_line()
    {
        await using var server = await AnsweringAsync(Samples.Content("a"), Samples.Error, Samples.Content("b"));

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.OK, "application/x-ndjson", """
                {"model":"tiny","created_at":"T","message":{"role":"assistant","content":"a"},"done":false}
                {"error":"Compute error."}

                """),
            await server.PostAsync("/api/chat", Chat));
    }

    [Fact]
    public async Task An_error_after_the_first_piece_of_a_whole_answer_is_all_of_it()
    {
        await using var server = await AnsweringAsync(Samples.Content("a"), Samples.Error);

        Assert.Equal(new TestServer.Answer(HttpStatusCode.InternalServerError, Json, """{"error":"Compute error."}"""), await server.PostAsync("/api/chat", ChatWhole));
    }

    [Fact]
    public async Task A_stream_without_an_end_is_no_answer()
    {
        await using var server = await AnsweringAsync(Samples.Content("a"));
        var asking = server.PostAsync("/api/chat", Chat);
        await server.Engine.NextAsync();
        server.Runners.Runners.Single().Die("GGML_ASSERT(x) failed (ended by signal 6)");

        Assert.EndsWith("""{"error":"an error was encountered while running the model: llama-server ended unexpectedly: GGML_ASSERT(x) failed (ended by signal 6)"}""" + "\n", (await asking).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Chat, 200)]
    [InlineData(ChatWhole, 500)]
    public async Task An_engine_that_dies_is_named_with_its_last_words_and_the_next_request_gets_another(string body, int status)
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        upstream.Event(Samples.Content("a"));
        var asking = server.PostAsync("/api/chat", body);
        await server.Engine.NextAsync();
        server.Runners.Runners.Single().Die("out of memory (exit code 1)");
        upstream.Break();

        var answer = await asking;
        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.EndsWith("""{"error":"an error was encountered while running the model: llama-server ended unexpectedly: out of memory (exit code 1)"}""", answer.Text.TrimEnd(), StringComparison.Ordinal);
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Content("b"), Samples.Finish, "[DONE]");
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", body)).Status);
    }

    [Fact]
    public async Task A_request_that_never_reached_a_dead_engine_is_tried_again_once()
    {
        await using var server = await TestServer.StartAsync();
        var calls = 0;
        server.Engine.Answer = _ => calls++ == 0
            ? throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused")
            : ScriptedEngine.Events(Samples.Content("b"), Samples.Finish, "[DONE]");
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", Chat)).Status);
        Assert.Equal(2, calls);

        server.Engine.Answer = _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        Assert.Equal(HttpStatusCode.InternalServerError, (await server.PostAsync("/api/chat", Chat)).Status);
    }

    [Fact]
    public async Task A_model_that_does_not_load_says_why()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var server = await TestServer.StartAsync(factory);
        var asking = server.PostAsync("/api/chat", Chat);
        (await factory.NextAsync()).Fail("error loading model tiny.gguf: bad magic (exit code 1)");

        Assert.Equal(new TestServer.Answer(HttpStatusCode.InternalServerError, Json, """{"error":"error loading model tiny.gguf: bad magic (exit code 1)"}"""), await asking);
    }

    [Fact]
    public async Task More_than_may_wait_are_sent_away()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var server = await TestServer.StartAsync(factory, settings: new() { MaxQueue = 1 });
        var asking = server.PostAsync("/api/chat", Chat);
        var start = await factory.NextAsync();

        using var refused = await server.SendAsync(server.Request("POST", "/api/chat", Chat));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("1", string.Join(',', refused.Headers.GetValues("Retry-After")));
        Assert.Equal("""{"error":"server busy, please try again.  maximum pending requests exceeded"}""", await refused.Content.ReadAsStringAsync(Limit.Token));
        start.Fail("enough");
        await asking;
    }

    [Theory]
    [InlineData("/api/generate", """{"model":"tiny"}""", "\"response\":\"\"", "load")]
    [InlineData("/api/generate", """{"model":"tiny","keep_alive":0}""", "\"response\":\"\"", "unload")]
    [InlineData("/api/generate", """{"model":"tiny","keep_alive":"0s","stream":false}""", "\"response\":\"\"", "unload")]
    [InlineData("/api/chat", """{"model":"tiny"}""", "\"message\":{\"role\":\"assistant\",\"content\":\"\"}", "load")]
    [InlineData("/api/chat", """{"model":"tiny","messages":null}""", "\"message\":{\"role\":\"assistant\",\"content\":\"\"}", "load")]
    [InlineData("/api/chat", """{"model":"tiny","messages":[],"keep_alive":0}""", "\"message\":{\"role\":\"assistant\",\"content\":\"\"}", "unload")]
    public async Task Nothing_to_answer_loads_or_unloads(string path, string body, string text, string reason)
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync("/api/generate", """{"model":"tiny"}""");
        var runner = server.Runners.Runners.Single();

        Assert.Equal(
            new TestServer.Answer(HttpStatusCode.OK, Json, $$"""{"model":"tiny","created_at":"T",{{text}},"done":true,"done_reason":"{{reason}}"}"""),
            await server.PostAsync(path, body));
        if (reason is "unload")
        {
            await runner.Exited.Within();
            Assert.Equal("""{"models":[]}""", (await server.AskAsync("GET", "/api/ps")).Text);
        }

        Assert.False(server.Engine.HasMore);
    }

    [Fact]
    public async Task A_context_that_is_asked_for_reaches_the_start()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync("/api/generate", """{"model":"tiny","options":{"num_ctx":512}}""");

        Assert.Equal(512, (await server.Runners.NextAsync()).Request.Context);
    }

    [Fact]
    public async Task Each_request_is_told_of_when_it_has_ended()
    {
        await using var server = await AnsweringAsync(Samples.Content("a"), Samples.Finish, Samples.Usage, "[DONE]");
        await server.PostAsync("/api/chat", Chat);
        var line = await server.NextEndedAsync();
        Assert.Equal(("POST", "/api/chat", 200, "tiny", 11L, 2L), (line.Method, line.Path, line.Status, line.Notes.Model, line.Notes.PromptTokens, line.Notes.GeneratedTokens));

        await server.PostAsync("/api/chat", "{");
        line = await server.NextEndedAsync();
        Assert.Equal((400, "unexpected EOF"), (line.Status, line.Notes.Error));
    }

    [Fact]
    public async Task Tools_and_thinking()
    {
        await using var server = await AnsweringAsync(Samples.Reasoning("hm"), Samples.ToolStart, Samples.ToolRest, Samples.Finish, "[DONE]");
        var answer = await server.PostAsync("/api/chat", """{"model":"tinytools","think":"low","messages":[{"content":"w?"}],"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"additionalProperties":false,"x-kept":1}}}]}""");

        Assert.Equal("""
            {"model":"tinytools","created_at":"T","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}
            {"model":"tinytools","created_at":"T","message":{"role":"assistant","content":"","tool_calls":[{"id":"abc123","function":{"index":0,"name":"get_weather","arguments":{"city":"Köln"}}}]},"done":true,"done_reason":"stop","total_duration":1,"load_duration":1,"eval_count":1}

            """, answer.Text);
        using var sent = JsonDocument.Parse((await server.Engine.NextAsync()).Body);
        Assert.Equal("""[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"additionalProperties":false,"x-kept":1}}}]""", sent.RootElement.GetProperty("tools").GetRawText());
        Assert.Equal("""{"enable_thinking":true,"reasoning_effort":"low"}""", sent.RootElement.GetProperty("chat_template_kwargs").GetRawText());
    }

    private static async Task<TestServer> AnsweringAsync(params string[] events)
    {
        var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(events);
        return server;
    }
}
