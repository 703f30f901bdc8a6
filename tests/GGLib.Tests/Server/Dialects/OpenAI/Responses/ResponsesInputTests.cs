using System.Text.Json;
using GGLib.Server.Dialects.OpenAI.Responses;
using GGLib.Server.Failures;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

public class ResponsesInputTests
{
    [Fact]
    public void Text_is_a_user_message_after_the_instructions() =>
        Assert.Equal("system \"Be brief.\"\nuser \"hi\"", ReadBody.Show(ReadBody.Valid("""{"model":"m","instructions":"Be brief.","input":"hi"}""")));

    [Theory]
    [InlineData("""{"role":"user","content":"a"}""", "user \"a\"")]
    [InlineData("""{"type":"message","role":"user","content":"a"}""", "user \"a\"")]
    [InlineData("""{"type":null,"role":"user","content":"a","id":null,"status":null}""", "user \"a\"")]
    [InlineData("""{"role":"developer","content":"a"},{"role":"user","content":"b"},{"role":"system","content":"c"}""", "system \"a\"\nuser \"b\"\nsystem \"c\"")]
    [InlineData("""{"role":"user","content":null}""", "user")]
    [InlineData("""{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"text","text":"b"},{"type":"output_text","text":"c","annotations":[]},{"type":"input_text","text":null}]}""", "user \"a\" \"b\" \"c\"")]
    [InlineData("""{"role":"assistant","content":[{"type":"input_text","text":"a"},{"type":"refusal","refusal":"no"},{"type":"reasoning_text","text":"r"},{"type":"summary_text","text":"s"}]}""", "assistant \"a\" \"no\" \"r\" \"s\"")]
    [InlineData("""{"role":"user","content":[{"type":"input_image","detail":"auto","image_url":"data:image/png;base64,AA=="}]}""", "user image(data:image/png;base64,AA==)")]
    [InlineData("""{"role":"user","content":[{"type":"input_image","image_url":{"url":"http://x/y.png"}}]}""", "user image(http://x/y.png)")]
    [InlineData("""{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},{"type":"input_file","file_data":"x"}]}""", "user audio(AA==,wav) unsupported(input_file)")]
    [InlineData("""{"type":"agent_message","role":"user","content":"a"}""", "user \"a\"")]
    public void Messages_are_read_in_all_forms(string items, string expected) => Assert.Equal(expected, ReadBody.Show(ReadBody.Items(items)));

    [Theory]
    [InlineData("""{"type":"reasoning","summary":[]}""", "")]
    [InlineData("""{"type":"reasoning","summary":[],"content":null,"encrypted_content":""}""", "")]
    [InlineData("""{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"a"}]}""", " [a]")]
    [InlineData("""{"type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}]}""", " [ab]")]
    [InlineData("""{"type":"reasoning","summary":[{"type":"summary_text","text":"s"}],"content":[{"type":"reasoning_text","text":"c"}],"encrypted_content":"gglib-thinking-1.SG3DqQ"}""", " [Hmé]")]
    [InlineData("""{"type":"reasoning","summary":[],"encrypted_content":"gAAAAABfforeign=="}""", "")]
    [InlineData("""{"type":"reasoning","summary":[],"encrypted_content":"gglib-thinking-1.%%"}""", "")]
    public void Reasoning_comes_back_as_thinking_of_the_message_after_it(string item, string thinking) =>
        Assert.Equal($"user \"q\"\nassistant{thinking} \"a\"", ReadBody.Show(ReadBody.Items($$"""{"role":"user","content":"q"},{{item}},{"role":"assistant","content":"a"}""")));

    [Fact]
    public void Items_of_one_turn_are_one_message() => Assert.Equal(
        """
        user "q"
        assistant [think] "I will look." f#c1{"a":1} f#c2{} patch#c3{"input":"x\n\"y\""}
        tool "18 C" <- f#c1
        tool "a" image(data:x) <- f#c2
        tool "ok" <- patch#c3
        assistant [more
        again] "done"
        user "thanks"
        """,
        ReadBody.Show(ReadBody.Items(
            """
            {"role":"user","content":"q"},
            {"type":"reasoning","id":"rs_1","summary":[],"content":[{"type":"reasoning_text","text":"think"}]},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I will look."}]},
            {"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1}"},
            {"type":"function_call","call_id":"c2","name":"f","arguments":""},
            {"type":"custom_tool_call","call_id":"c3","name":"patch","input":"x\n\"y\""},
            {"type":"function_call_output","call_id":"c1","output":"18 C"},
            {"type":"function_call_output","call_id":"c2","output":[{"type":"output_text","text":"a"},{"type":"input_image","image_url":"data:x"}]},
            {"type":"custom_tool_call_output","call_id":"c3","output":"ok"},
            {"type":"reasoning","summary":[{"type":"summary_text","text":"more"}]},
            {"type":"reasoning","summary":[{"type":"summary_text","text":"again"}]},
            {"role":"assistant","content":"done"},
            {"role":"user","content":"thanks"}
            """)));

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("\"{\\\"city\\\":\\\"Par\"")]
    [InlineData("\"[1]\"")]
    public void Arguments_that_are_not_an_object_are_empty(string arguments) => Assert.Equal(
        "user \"q\"\nassistant f#c1{}\ntool \"r\" <- f#c1",
        ReadBody.Show(ReadBody.Items($$"""{"role":"user","content":"q"},{"type":"function_call","status":"incomplete","call_id":"c1","name":"f","arguments":{{arguments}}},{"type":"function_call_output","call_id":"c1","output":"r"}""")));

    [Theory]
    [InlineData("web_search_call")]
    [InlineData("file_search_call")]
    [InlineData("computer_call")]
    [InlineData("computer_call_output")]
    [InlineData("image_generation_call")]
    [InlineData("code_interpreter_call")]
    [InlineData("local_shell_call")]
    [InlineData("local_shell_call_output")]
    [InlineData("mcp_call")]
    [InlineData("mcp_list_tools")]
    [InlineData("mcp_approval_request")]
    [InlineData("compaction")]
    [InlineData("something_new")]
    public void Items_of_built_in_tools_are_ignored_and_do_not_end_a_turn(string type) => Assert.Equal(
        "user \"q\"\nassistant [t] \"a\"",
        ReadBody.Show(ReadBody.Items($$$"""{"role":"user","content":"q"},{"type":"reasoning","summary":[{"type":"summary_text","text":"t"}]},{"type":"{{{type}}}","id":"x","status":"completed","action":{"type":"search"}},{"role":"assistant","content":"a"}""")));

    [Theory]
    [InlineData("""{"type":"item_reference","id":"msg_1"}""")]
    [InlineData("""{"id":"msg_1"}""")]
    public void A_reference_to_an_unknown_item_is_not_found(string item)
    {
        using var body = JsonDocument.Parse($$"""{"model":"m","input":[{"role":"user","content":"q"},{{item}}]}""");
        Assert.Equal(
            new InferenceFailure.NotFound("Item with id 'msg_1' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.", "input"),
            ResponsesReader.Read(body.RootElement, new ResponseStore(0, 0)).Failure);
    }

    [Fact]
    public void Only_a_count_may_have_no_input()
    {
        using var body = JsonDocument.Parse("""{"model":"m","instructions":"Be brief."}""");
        Assert.Equal("system \"Be brief.\"", ReadBody.Show(ResponsesReader.Read(body.RootElement, new ResponseStore(0, 0), countsTokens: true).Request!));
        Assert.IsType<InferenceFailure.InvalidRequest>(ResponsesReader.Read(body.RootElement, new ResponseStore(0, 0)).Failure);
    }
}
