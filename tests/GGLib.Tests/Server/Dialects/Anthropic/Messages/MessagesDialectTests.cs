using System.Buffers;
using System.Text;
using System.Text.Json;
using GGLib.Server.Dialects.Anthropic.Messages;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace GGLib.Tests.Server.Dialects.Anthropic.Messages;

/// <summary>Reader and writer together.</summary>
public sealed class MessagesDialectTests
{
    private static readonly MessagesDialect Dialect = new(countsTokens: false);

    [Fact]
    public async Task A_request_gets_an_id_that_its_error_event_repeats()
    {
        var context = Context("""{"model":"tiny","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"hi"}]}""");
        using var body = await RequestBody.ReadAsync(context);
        var read = Dialect.Read(context, body);
        var id = context.Response.Headers["request-id"].ToString();
        Assert.Matches("^req_[0-9a-f]{24}$", id);

        var output = new ArrayBufferWriter<byte>();
        Dialect.CreateWriter(output, read).Fail(new InferenceFailure.Crashed("m"));
        Assert.EndsWith($"\"request_id\":\"{id}\"}}\n\n", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_names_the_session()
    {
        var context = Context("""{"model":"tiny","max_tokens":5,"metadata":{"user_id":"u"},"messages":[{"role":"user","content":"hi"}]}""");
        context.Request.Headers["X-Claude-Code-Session-Id"] = "s";
        using var body = await RequestBody.ReadAsync(context);

        Assert.Equal("s", Dialect.Read(context, body).Request!.Session);
    }

    [Theory]
    [InlineData("", "0", true)]
    [InlineData("\"keep_alive\":\"5m\",", "0", false)]
    [InlineData("\"keep_alive\":0,", "5m", true)]
    public async Task A_header_sets_the_keep_alive_unless_the_body_does(string field, string header, bool unloads)
    {
        var context = Context($$"""{{{field}}"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}""");
        context.Request.Headers["X-Keep-Alive"] = header;
        using var body = await RequestBody.ReadAsync(context);

        Assert.Equal(unloads, Dialect.Read(context, body).Request!.KeepAlive!.Value.IsNone);
    }

    [Fact]
    public void A_count_is_one_number() => Assert.Equal("{\"input_tokens\":42}", Encoding.UTF8.GetString(CountTokensReply.Compose(42)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Our_own_answer_comes_back_as_the_engine_wrote_it(bool stream)
    {
        var script = new AnswerScript(stream).Prompt(9, 0).Think("Let me\nsee.").Say("I \"look\"").Call(0, "Xy9abcdef", "get", "{\"city\": \"Rome\"}").Call(1, "Xy9abcdeg", "list", "{}").Finish(FinishReason.ToolCalls);
        script.Complete();
        var content = stream ? Accumulate(SseEvent.Parse(script.Raw)) : JsonElement.Parse(script.Raw).GetProperty("content").GetRawText();
        var lines = RequestText.Conversation($$$"""
            {"role":"user","content":"hi"},{"role":"assistant","content":{{{content}}}},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_Xy9abcdeg","content":"2"},{"type":"tool_result","tool_use_id":"toolu_Xy9abcdef","content":"1"}]}
            """);

        Assert.Equal(
            ["user <hi>", "assistant think<Let me\nsee.> <I \"look\"> call<Xy9abcdef get {\"city\": \"Rome\"}> call<Xy9abcdeg list {}>", "tool(Xy9abcdeg list) <2>", "tool(Xy9abcdef get) <1>"], lines);
    }

    [Fact]
    public void A_truncated_call_comes_back_with_empty_arguments()
    {
        var script = new AnswerScript(stream: false).Call(0, "a", "get", "{\"city\": \"Ro").Finish(FinishReason.Length);
        script.Complete();

        Assert.Equal(
            ["assistant call<a get {}>"], RequestText.Conversation($$$"""{"role":"assistant","content":{{{JsonElement.Parse(script.Raw).GetProperty("content").GetRawText()}}}}"""));
    }

    private static DefaultHttpContext Context(string body)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return context;
    }

    /// <summary>The content that a client makes of a stream.</summary>
    private static string Accumulate(IReadOnlyList<SseEvent> events)
    {
        var blocks = new List<(JsonElement Start, StringBuilder Text, string Signature)>();
        foreach (var piece in events)
        {
            if (piece.Name is "content_block_start")
            {
                blocks.Add((piece.Data.GetProperty("content_block"), new StringBuilder(), ""));
            }
            else if (piece.Name is "content_block_delta")
            {
                var delta = piece.Data.GetProperty("delta").EnumerateObject().Last();
                if (delta.Name is "signature")
                {
                    blocks[piece.Index] = blocks[piece.Index] with { Signature = delta.Value.GetString()! };
                }
                else
                {
                    blocks[piece.Index].Text.Append(delta.Value.GetString());
                }
            }
        }

        return "[" + string.Join(',', blocks.Select(static block => block.Start.GetProperty("type").GetString() switch
        {
            "thinking" => $$"""{"type":"thinking","thinking":{{Quote(block.Text)}},"signature":"{{block.Signature}}"}""",
            "text" => $$"""{"type":"text","text":{{Quote(block.Text)}}}""",
            _ => $$"""{"type":"tool_use","id":{{block.Start.GetProperty("id").GetRawText()}},"name":{{block.Start.GetProperty("name").GetRawText()}},"input":{{block.Text}}}""",
        })) + "]";

        static string Quote(StringBuilder text) => Encoding.UTF8.GetString(WireJson.Quote(text.ToString()));
    }
}
