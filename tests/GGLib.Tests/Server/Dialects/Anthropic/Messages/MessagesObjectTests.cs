using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.Anthropic.Messages;

/// <summary>The object that <c>POST /v1/messages</c> answers without streaming.</summary>
public sealed class MessagesObjectTests
{
    private const string Head = """{"id":"msg_1","type":"message","role":"assistant","model":"tiny","content":[""";
    private const string Usage = ""","usage":{"input_tokens":4,"cache_creation_input_tokens":0,"cache_read_input_tokens":6,"output_tokens":5}}""";

    private static AnswerScript Object => new AnswerScript(stream: false).Prompt(10, 6);

    [Fact]
    public void Text_is_one_block() =>
        Assert.Equal(
            Head + """{"type":"text","text":"a\"b\n"}],"stop_reason":"end_turn","stop_sequence":null""" + Usage,
            Object.Say("a\"").Say("b\n").Generated(5).Finish(FinishReason.Stop).Complete());

    [Fact]
    public void Thinking_text_and_calls_are_blocks_of_their_own() =>
        Assert.Equal(
            Head + """{"type":"thinking","thinking":"hm","signature":"Z2dsaWI="},{"type":"text","text":"So"},"""
                + """{"type":"tool_use","id":"toolu_abc","name":"get","input":{"city": "Rome"},"caller":{"type":"direct"}},{"type":"tool_use","id":"toolu_new","name":"list","input":{},"caller":{"type":"direct"}}],"""
                + """ "stop_reason":"tool_use","stop_sequence":null""".TrimStart() + Usage,
            Object.Think("h").Think("m").Say("So").Call(0, "abc", "get", "{\"city\"").Call(1, "", "list", "").Arguments(0, ": \"Rome\"}").Generated(5).Finish(FinishReason.ToolCalls).Complete());

    [Theory]
    [InlineData("{\"city\":\"Ro", "Length", "max_tokens")]
    [InlineData("[1]", "Stop", "tool_use")]
    [InlineData("nonsense", "ToolCalls", "tool_use")]
    public void Arguments_that_are_not_an_object_are_an_empty_one(string arguments, string finish, string reason) =>
        Assert.Equal(
            Head + """{"type":"tool_use","id":"toolu_a","name":"get","input":{},"caller":{"type":"direct"}}],""" + $"\"stop_reason\":\"{reason}\",\"stop_sequence\":null" + Usage,
            Object.Call(0, "a", "get", arguments).Generated(5).Finish(Enum.Parse<FinishReason>(finish)).Complete());

    [Fact]
    public void An_empty_answer_has_an_empty_text_block() =>
        Assert.Equal(
            Head + """{"type":"text","text":""}],"stop_reason":"end_turn","stop_sequence":null""" + Usage,
            Object.Generated(5).Finish(FinishReason.Stop).Complete());

    [Fact]
    public void No_sign_of_life_is_written()
    {
        var script = Object.Ping();

        Assert.Equal("", script.Text);
        Assert.False(script.Writer.HasOutput);
    }
}
