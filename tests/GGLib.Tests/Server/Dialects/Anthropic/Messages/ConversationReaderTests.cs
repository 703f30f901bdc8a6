namespace GGLib.Tests.Server.Dialects.Anthropic.Messages;

/// <summary>How <c>system</c> and <c>messages</c> become a conversation.</summary>
public sealed class ConversationReaderTests
{
    [Theory]
    [InlineData("""{"role":"user","content":"hi"}""", "user <hi>")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b","citations":null}]}""", "user <a> <b>")]
    [InlineData("""{"role":"user","content":""}""", "user")]
    [InlineData("""{"role":"user","content":null}""", "user")]
    [InlineData("""{"role":"user"}""", "user")]
    [InlineData("""{"role":"user","content":[]}""", "user")]
    [InlineData("""{"role":"assistant","content":"The answer is "}""", "assistant <The answer is >")]
    [InlineData("""{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"x"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"a"},{"type":"thinking","thinking":"so"}]}""", "assistant think<hm\nso> <a>")]
    [InlineData("""{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},{"type":"text","text":"?"}]}""", "user image<data:image/png;base64,AAAA> <?>")]
    [InlineData("""{"role":"user","content":[{"type":"image","source":{"type":"url","url":"http://127.0.0.1:9/x.png"}}]}""", "user image<http://127.0.0.1:9/x.png>")]
    [InlineData("""{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}""", "user unsupported<image>")]
    [InlineData("""{"role":"user","content":[{"type":"document","title":"T","context":"C","source":{"type":"text","media_type":"text/plain","data":"D"}}]}""", "user <T\nC\nD>")]
    [InlineData("""{"role":"user","content":[{"type":"document","title":null,"source":{"type":"content","content":"D"}}]}""", "user <D>")]
    [InlineData("""{"role":"user","content":[{"type":"document","title":"T","source":{"type":"content","content":[{"type":"text","text":"D"},{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"AA"}}]}}]}""", "user <T> <D> image<data:image/jpeg;base64,AA>")]
    [InlineData("""{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AA"}}]}""", "user unsupported<document>")]
    [InlineData("""{"role":"user","content":[{"type":"document","source":{"type":"url","url":"http://a"}}]}""", "user unsupported<document>")]
    [InlineData("""{"role":"user","content":[{"type":"search_result","source":"http://a","title":"T","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]}]}""", "user <T\nhttp://a\none\ntwo>")]
    [InlineData("""{"role":"assistant","content":[{"type":"server_tool_use","id":"1","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"1","content":[]},{"type":"mcp_tool_use","id":"2"},{"type":"mcp_tool_result"},{"type":"bash_code_execution_tool_result"},{"type":"container_upload","file_id":"f"},{"type":"text","text":"a"}]}""", "assistant <a>")]
    [InlineData("""{"role":"assistant","content":[{"type":"compaction","content":"the summary"},{"type":"text","text":"a"}]}""", "assistant <the summary> <a>")]
    public void A_message_is_read(string message, string expected) => Assert.Equal([expected], RequestText.Conversation(message));

    [Theory]
    [InlineData("\"be brief\"", "system <be brief>")]
    [InlineData("""[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b"}]""", "system <a> <b>")]
    [InlineData("""[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1; cc_entrypoint=cli; cch=0a1b2;"},{"type":"text","text":"b"}]""", "system <b>")]
    [InlineData("""[{"type":"text","text":"x-anthropic-billing-header: cch=1;\nYou are"},{"type":"text","text":"b"}]""", "system <You are> <b>")]
    [InlineData("\"x-anthropic-billing-header: cch=1;\\r\\n\\r\\nYou are\"", "system <You are>")]
    [InlineData("\"say x-anthropic-billing-header: cch=1;\"", "system <say x-anthropic-billing-header: cch=1;>")]
    [InlineData("\"x-anthropic-billing-header: cch=1;\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    [InlineData("[]", null)]
    public void A_system_prompt_comes_first_without_the_billing_line(string system, string? expected) =>
        Assert.Equal(expected is null ? ["user <hi>"] : [expected, "user <hi>"], RequestText.Conversation("""{"role":"user","content":"hi"}""", system));

    [Fact]
    public void System_messages_keep_their_place() =>
        Assert.Equal(
            ["system <a>", "user <1>", "system <b>", "assistant <2>", "user <3>", "system <c> <d>"],
            RequestText.Conversation(
                """
                {"role":"user","content":"1"},{"role":"system","content":"b"},{"role":"assistant","content":"2"},{"role":"user","content":"3"},
                {"role":"system","clear_at":"never","content":[{"type":"text","text":"x-anthropic-billing-header: cch=1;\nc"},{"type":"text","text":"d"},{"type":"tool_removal","tool":{"type":"tool_reference","name":"t"}}]}
                """,
                "\"a\""));

    [Fact]
    public void Results_come_before_the_text_of_their_message_in_their_order() =>
        Assert.Equal(
            [
                "assistant <So> call<1 get {\"city\": \"Rome\"}> call<abc list {}>",
                "tool(abc list) <none>", "tool(1 get) <sunny>",
                "user <then> image<data:image/png;base64,AA> <this>",
            ],
            RequestText.Conversation("""
                {"role":"assistant","content":[{"type":"text","text":"So"},{"type":"tool_use","id":"1","name":"get","input":{"city": "Rome"}},{"type":"tool_use","id":"toolu_abc","name":"list","input":null}]},
                {"role":"user","content":[{"type":"text","text":"then"},{"type":"tool_result","tool_use_id":"toolu_abc","content":"none"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}},
                {"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"sunny"}]},{"type":"text","text":"this"}]}
                """));

    [Theory]
    [InlineData("\"sunny\"", "tool(1 get) <sunny>")]
    [InlineData("null", "tool(1 get)")]
    [InlineData("[]", "tool(1 get)")]
    [InlineData("\"\"", "tool(1 get)")]
    [InlineData("""[{"type":"text","text":"a"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}}]""", "tool(1 get) <a> image<data:image/png;base64,AA>")]
    [InlineData("""[{"type":"document","source":{"type":"text","data":"D"}},{"type":"search_result","source":"s","title":"T","content":[{"type":"text","text":"one"}]}]""", "tool(1 get) <D> <T\ns\none>")]
    [InlineData("""[{"type":"document","source":{"type":"base64","data":"D"}}]""", "tool(1 get) unsupported<document>")]
    [InlineData("""[{"type":"tool_reference","tool_name":"other"},{"type":"browser_state","tabs":[]}]""", """tool(1 get) <other> <{"type":"browser_state","tabs":[]}>""")]
    [InlineData("\"no such city\",\"is_error\":true", "tool(1 get) <Error: no such city>")]
    [InlineData("\"error: no such city\",\"is_error\":true", "tool(1 get) <error: no such city>")]
    [InlineData("""[{"type":"text","text":"a"},{"type":"text","text":"b"}],"is_error":true""", "tool(1 get) <Error: a> <b>")]
    [InlineData("null,\"is_error\":true", "tool(1 get) <Error>")]
    [InlineData("\"fine\",\"is_error\":false", "tool(1 get) <fine>")]
    public void A_result_is_a_message_of_its_own(string content, string expected) =>
        Assert.Equal(
            ["assistant call<1 get {}>", expected],
            RequestText.Conversation($$$"""
                {"role":"assistant","content":[{"type":"tool_use","id":"1","name":"get","input":{}}]},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":{{{content}}}}]}
                """));

    [Theory]
    [InlineData("""{"city":"Rome"}""", """{"city":"Rome"}""")]
    [InlineData("null", "{}")]
    [InlineData("\"\"", "{}")]
    [InlineData("\"{\\\"city\\\":\\\"Ro\"", "{}")]
    [InlineData("\"{\\\"city\\\":1}\"", """{"city":1}""")]
    [InlineData("[1]", "{}")]
    public void Input_that_is_not_an_object_is_an_empty_one(string input, string expected) =>
        Assert.Equal([$"assistant call<1 get {expected}>"], RequestText.Conversation($$$"""{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"get","input":{{{input}}}}]}"""));

    [Fact]
    public void A_result_without_its_call_names_no_tool() =>
        Assert.Equal(["tool(9 ) <x>"], RequestText.Conversation("""{"role":"user","content":[{"type":"tool_result","tool_use_id":"9","content":"x"}]}"""));

    [Theory]
    [InlineData("""{"role":"tool","content":"x"}""", "messages.0.role: unexpected role 'tool'; allowed roles are 'user', 'assistant' and 'system'", "messages.0.role")]
    [InlineData("""{"content":"x"}""", "messages.0.role: is required", "messages.0.role")]
    [InlineData("1", "each of 'messages' must be an object", "messages.0")]
    [InlineData("""{"role":"user","content":1}""", "messages.0.content: must be a string or an array of content blocks", "messages.0.content")]
    [InlineData("""{"role":"user","content":{"type":"text","text":"x"}}""", "messages.0.content: must be a string or an array of content blocks", "messages.0.content")]
    [InlineData("""{"role":"user","content":["x"]}""", "messages.0.content.0: must be an object", "messages.0.content.0")]
    [InlineData("""{"role":"user","content":[{"text":"x"}]}""", "messages.0.content.0.type: is required", "messages.0.content.0.type")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":1}]}""", "messages.0.content.0.text: must be a string", "messages.0.content.0.text")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"x"}}]}""", "content blocks of type 'image_url' are not supported", "messages.0.content.1")]
    [InlineData("""{"role":"user","content":[{"type":"image"}]}""", "messages.0.content.0.source: is required", "messages.0.content.0.source")]
    [InlineData("""{"role":"user","content":[{"type":"image","source":{"type":"base64","data":null}}]}""", "messages.0.content.0.source.data: is required", "messages.0.content.0.source.data")]
    [InlineData("""{"role":"user","content":[{"type":"tool_result","content":"x"}]}""", "messages.0.content.0.tool_use_id: is required", "messages.0.content.0.tool_use_id")]
    [InlineData("""{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"video"}]}]}""", "content blocks of type 'video' are not supported in 'tool_result'", "messages.0.content.0.content.0")]
    [InlineData("""{"role":"user","content":[{"type":"tool_use","id":"1","name":"t"}]}""", "messages.0.content.0: content blocks of type 'tool_use' are not allowed in messages of role 'user'", "messages.0.content.0")]
    [InlineData("""{"role":"assistant","content":[{"type":"tool_use","id":"1"}]}""", "messages.0.content.0.name: is required", "messages.0.content.0.name")]
    [InlineData("""{"role":"assistant","content":[{"type":"tool_result","tool_use_id":"1"}]}""", "messages.0.content.0: content blocks of type 'tool_result' are not allowed in messages of role 'assistant'", "messages.0.content.0")]
    public void A_wrong_message_is_named(string message, string error, string parameter)
    {
        var failure = RequestText.Error($$"""{"model":"tiny","max_tokens":5,"messages":[{{message}}]}""");

        Assert.Equal((error, parameter), (failure.Message, failure.Parameter));
    }

    [Theory]
    [InlineData("1", "system: must be a string or an array of text blocks")]
    [InlineData("[1]", "system.0: must be an object")]
    [InlineData("""[{"type":"text","text":"a"},{"type":"image","source":{}}]""", "content blocks of type 'image' are not supported in 'system'")]
    public void A_wrong_system_prompt_is_named(string system, string error) => Assert.Equal(error, RequestText.ErrorWith($"\"system\":{system}").Message);
}
