using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Clients;

/// <summary>Continue: show by <c>name</c>, chat and fill-in with <c>num_ctx</c> and <c>keep_alive</c> always there, embeddings, errors inside a stream.</summary>
public sealed class ContinueTests
{
    [Fact]
    public async Task Show_takes_the_older_name_of_the_field()
    {
        await using var server = await ClientTraffic.StartAsync();

        Assert.NotEmpty((await server.JsonAsync("POST", "/api/show", """{"name":"tiny"}""")).Text("modelfile"));
    }

    [Fact]
    public async Task A_chat_with_all_that_is_always_sent()
    {
        await using var server = await ClientTraffic.StartAsync();
        var lines = await server.LinesAsync(
            "/api/chat",
            """{"model":"tiny","options":{"num_predict":2048,"stop":["<|im_end|>"],"num_ctx":2048,"mirostat":0,"num_thread":4,"use_mmap":true},"keep_alive":1800,"stream":true,"messages":[{"role":"user","content":"hi"}]}""",
            ("Authorization", "Bearer x"));

        Assert.Equal("Hi there", string.Concat(lines.Select(static line => line.GetProperty("message").Text("content"))));
        Assert.Contains("\"stop\":[\"<|im_end|>\"]", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gap_is_filled_by_suffix_and_by_raw_prompt()
    {
        await using var server = await ClientTraffic.StartAsync(Samples.Completion("x"), Samples.CompletionEnd);
        var filled = await server.LinesAsync("/api/generate", """{"model":"tinyfill","prompt":"def f(","suffix":"):","raw":false,"options":{"num_predict":64},"keep_alive":1800,"stream":true}""");
        Assert.Equal("/infill", (await server.Engine.NextAsync()).Path);
        var raw = await server.LinesAsync("/api/generate", """{"model":"tinyfill","prompt":"<|fim_prefix|>def f(<|fim_suffix|>):<|fim_middle|>","raw":true,"options":{"num_predict":64},"stream":true}""");
        Assert.Equal("/completion", (await server.Engine.NextAsync()).Path);

        Assert.Equal(["x", ""], filled.Select(static line => line.Text("response")));
        Assert.Equal(["x", ""], raw.Select(static line => line.Text("response")));
    }

    [Fact]
    public async Task An_error_inside_a_stream_is_a_line_of_its_own()
    {
        await using var server = await ClientTraffic.StartAsync(Samples.Content("Hi"), Samples.Error);
        var lines = await server.LinesAsync("/api/chat", """{"model":"tiny","messages":[{"role":"user","content":"hi"}]}""");

        Assert.Contains("Compute error.", lines[^1].Text("error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embeddings_come_for_a_batch()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = static _ => ScriptedEngine.Json("""{"data":[{"index":0,"embedding":[3,4]}],"usage":{"prompt_tokens":2}}""");

        Assert.Equal("[[0.6,0.8]]", (await server.JsonAsync("POST", "/api/embed", """{"model":"tinyembed","input":["a"]}""")).GetProperty("embeddings").GetRawText());
    }
}
