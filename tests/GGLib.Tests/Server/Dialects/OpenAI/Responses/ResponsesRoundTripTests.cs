using System.Text.Json;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

/// <summary>Agents send back the items of an answer as they got them. The model must see what it wrote.</summary>
public class ResponsesRoundTripTests
{
    private const string Fields =
        """
        "model":"m","include":["reasoning.encrypted_content"],"reasoning":{"summary":"auto"},
        "tools":[{"type":"function","name":"f"},{"type":"custom","name":"patch"},{"type":"namespace","name":"mcp__w","tools":[{"type":"function","name":"g"}]}]
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Our_items_come_back_as_the_model_wrote_them(bool streaming)
    {
        var output = Answer(streaming).Finish(FinishReason.ToolCalls).Response().GetProperty("output");
        Assert.Equal(
            """
            user "q"
            assistant [Think "é"] "I look." f#c1{"a":1} patch#c2{"input":"x\ny"} mcp__w__g#c3{}
            tool "r" <- mcp__w__g#c3
            """,
            Second(output));
    }

    [Fact]
    public void Items_of_stream_events_come_back_the_same()
    {
        var items = Answer(streaming: true).Finish(FinishReason.ToolCalls).Events()
            .Where(static data => data.GetProperty("type").GetString() is "response.output_item.done").Select(static data => data.GetProperty("item").GetRawText());
        using var output = JsonDocument.Parse($"[{string.Join(',', items)}]");
        Assert.Equal(Second(Answer(streaming: false).Finish(FinishReason.ToolCalls).Response().GetProperty("output")), Second(output.RootElement));
    }

    [Fact]
    public void A_truncated_call_does_not_break_the_session()
    {
        var output = new WrittenAnswer($$"""{ {{Fields}},"input":"q"}""").Call(0, "c3", "mcp__w__g", "{\\\"a\\\":\\\"b").Finish(FinishReason.Length).Response().GetProperty("output");
        Assert.Equal("user \"q\"\nassistant mcp__w__g#c3{}\ntool \"r\" <- mcp__w__g#c3", Second(output));
    }

    [Fact]
    public void Thinking_comes_back_when_the_client_keeps_only_its_encoded_form()
    {
        var item = Answer(streaming: false).Finish(FinishReason.ToolCalls).Response().GetProperty("output")[0];
        var kept = $$"""[{"type":"reasoning","id":"x","summary":[],"encrypted_content":{{item.GetProperty("encrypted_content").GetRawText()}}}]""";
        using var output = JsonDocument.Parse(kept);
        Assert.StartsWith("user \"q\"\nassistant [Think \"é\"]", Second(output.RootElement), StringComparison.Ordinal);
    }

    private static WrittenAnswer Answer(bool streaming) => new WrittenAnswer($$"""{ {{Fields}},"input":"q","stream":{{(streaming ? "true" : "false")}}}""").Begin()
        .Reasoning("Think ").Reasoning("\\\"é\\\"").Content("I look.").Call(0, "c1", "f", "{\\\"a\\\":1}").Call(1, "c2", "patch", "{\\\"input\\\":\\\"x\\\\ny\\\"}").Call(2, "c3", "mcp__w__g", "");

    private static string Second(JsonElement output) => ReadBody.Show(ReadBody.Valid(
        $$"""{ {{Fields}},"input":[{"role":"user","content":"q"},{{output.GetRawText()[1..^1]}},{"type":"function_call_output","call_id":"c3","output":"r"}]}"""));
}
