using GGLib.Server.Failures;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

public class ResponsesToolStreamTests
{
    private const string Request =
        """
        {"model":"m","input":"hi","stream":true,"tools":[
          {"type":"function","name":"get_time","parameters":{}},
          {"type":"custom","name":"apply_patch"},
          {"type":"namespace","name":"mcp__weather","description":"d","tools":[{"type":"function","name":"get_weather","parameters":{}},{"type":"custom","name":"draw"}]}]}
        """;

    [Fact]
    public void Two_calls_are_two_items_one_after_the_other() => Assert.Equal(
        """
        event: response.output_item.added
        data: {"type":"response.output_item.added","output_index":0,"item":{"id":"fc_00000","type":"function_call","status":"in_progress","call_id":"c1","name":"get_time","arguments":""},"sequence_number":2}

        event: response.function_call_arguments.delta
        data: {"type":"response.function_call_arguments.delta","item_id":"fc_00000","output_index":0,"delta":"{\"city\":","sequence_number":3}

        event: response.function_call_arguments.delta
        data: {"type":"response.function_call_arguments.delta","item_id":"fc_00000","output_index":0,"delta":"\"Paris\"}","sequence_number":4}

        event: response.function_call_arguments.done
        data: {"type":"response.function_call_arguments.done","item_id":"fc_00000","output_index":0,"name":"get_time","arguments":"{\"city\":\"Paris\"}","sequence_number":5}

        event: response.output_item.done
        data: {"type":"response.output_item.done","output_index":0,"item":{"id":"fc_00000","type":"function_call","status":"completed","call_id":"c1","name":"get_time","arguments":"{\"city\":\"Paris\"}"},"sequence_number":6}

        event: response.output_item.added
        data: {"type":"response.output_item.added","output_index":1,"item":{"id":"fc_00001","type":"function_call","status":"in_progress","call_id":"c2","name":"get_time","arguments":""},"sequence_number":7}

        event: response.function_call_arguments.delta
        data: {"type":"response.function_call_arguments.delta","item_id":"fc_00001","output_index":1,"delta":"{}","sequence_number":8}

        event: response.function_call_arguments.done
        data: {"type":"response.function_call_arguments.done","item_id":"fc_00001","output_index":1,"name":"get_time","arguments":"{}","sequence_number":9}

        event: response.output_item.done
        data: {"type":"response.output_item.done","output_index":1,"item":{"id":"fc_00001","type":"function_call","status":"completed","call_id":"c2","name":"get_time","arguments":"{}"},"sequence_number":10}


        """,
        Items(static answer => answer.Call(0, "c1", "get_time", "").Call(0, "", "", "{\\\"city\\\":").Call(0, "", "", "\\\"Paris\\\"}").Call(1, "c2", "get_time", "").Finish(FinishReason.ToolCalls)));

    [Fact]
    public void A_call_of_a_custom_tool_has_the_text_as_its_input() => Assert.Equal(
        """
        event: response.output_item.added
        data: {"type":"response.output_item.added","output_index":0,"item":{"id":"ctc_00000","type":"custom_tool_call","status":"in_progress","call_id":"c1","name":"apply_patch","input":""},"sequence_number":2}

        event: response.custom_tool_call_input.delta
        data: {"type":"response.custom_tool_call_input.delta","item_id":"ctc_00000","output_index":0,"delta":"a\n\"b\"","sequence_number":3}

        event: response.custom_tool_call_input.done
        data: {"type":"response.custom_tool_call_input.done","item_id":"ctc_00000","output_index":0,"input":"a\n\"b\"","sequence_number":4}

        event: response.output_item.done
        data: {"type":"response.output_item.done","output_index":0,"item":{"id":"ctc_00000","type":"custom_tool_call","status":"completed","call_id":"c1","name":"apply_patch","input":"a\n\"b\""},"sequence_number":5}


        """,
        Items(static answer => answer.Call(0, "c1", "apply_patch", "{\\\"input\\\":\\\"a\\\\n").Call(0, "", "", "\\\\\\\"b\\\\\\\"\\\"}").Finish(FinishReason.ToolCalls)));

    [Fact]
    public void A_call_of_a_tool_in_a_namespace_has_the_client_s_names() => Assert.Equal(
        """
        event: response.output_item.added
        data: {"type":"response.output_item.added","output_index":0,"item":{"id":"fc_00000","type":"function_call","status":"in_progress","call_id":"c1","name":"get_weather","namespace":"mcp__weather","arguments":""},"sequence_number":2}

        event: response.function_call_arguments.delta
        data: {"type":"response.function_call_arguments.delta","item_id":"fc_00000","output_index":0,"delta":"{}","sequence_number":3}

        event: response.function_call_arguments.done
        data: {"type":"response.function_call_arguments.done","item_id":"fc_00000","output_index":0,"name":"get_weather","arguments":"{}","sequence_number":4}

        event: response.output_item.done
        data: {"type":"response.output_item.done","output_index":0,"item":{"id":"fc_00000","type":"function_call","status":"completed","call_id":"c1","name":"get_weather","namespace":"mcp__weather","arguments":"{}"},"sequence_number":5}


        """,
        Items(static answer => answer.Call(0, "c1", "mcp__weather__get_weather", "{}").Finish(FinishReason.ToolCalls)));

    [Fact]
    public void A_custom_tool_in_a_namespace_has_both()
    {
        var item = new WrittenAnswer(Request).Begin().Call(0, "c1", "mcp__weather__draw", "{\\\"input\\\":\\\"x\\\"}").Finish(FinishReason.ToolCalls).Response().GetProperty("output")[0];
        Assert.Equal("""{"id":"ctc_00000","type":"custom_tool_call","status":"completed","call_id":"c1","name":"draw","namespace":"mcp__weather","input":"x"}""", item.GetRawText());
    }

    [Theory]
    [InlineData("get_time", """{\"city\":\"Par""", """{"id":"fc_00000","type":"function_call","status":"incomplete","call_id":"c1","name":"get_time","arguments":"{\"city\":\"Par"}""")]
    [InlineData("get_time", "", """{"id":"fc_00000","type":"function_call","status":"incomplete","call_id":"c1","name":"get_time","arguments":""}""")]
    [InlineData("apply_patch", """{\"input\":\"a\\nb\\u00""", """{"id":"ctc_00000","type":"custom_tool_call","status":"incomplete","call_id":"c1","name":"apply_patch","input":"a\nb"}""")]
    [InlineData("apply_patch", """{\"inp""", """{"id":"ctc_00000","type":"custom_tool_call","status":"incomplete","call_id":"c1","name":"apply_patch","input":""}""")]
    public void A_call_cut_off_by_a_limit_is_incomplete(string tool, string arguments, string expected)
    {
        var answer = new WrittenAnswer(Request).Begin().Call(0, "c1", tool, arguments).Finish(FinishReason.Length);
        var events = answer.Events();
        Assert.Equal("response.incomplete", events[^1].GetProperty("type").GetString());
        Assert.Equal("response.output_item.done", events[^2].GetProperty("type").GetString());
        Assert.Equal(expected, events[^2].GetProperty("item").GetRawText());
        Assert.Equal($"[{expected}]", answer.Response().GetProperty("output").GetRawText());
    }

    [Fact]
    public void A_failure_in_a_call_never_says_that_the_call_is_done()
    {
        var answer = new WrittenAnswer(Request).Begin().Call(0, "c1", "get_time", "{").Fail(new InferenceFailure.Crashed("gone"));
        Assert.DoesNotContain("output_item.done", answer.Text, StringComparison.Ordinal);
        Assert.Equal("incomplete", answer.Response().GetProperty("output")[0].GetProperty("status").GetString());
    }

    [Fact]
    public void Text_before_and_after_a_call_are_two_messages()
    {
        var output = new WrittenAnswer(Request).Begin().Content("a").Call(0, "c1", "get_time", "{}").Content("b").Finish(FinishReason.Stop).Response().GetProperty("output");
        Assert.Equal(["msg_00000", "fc_00001", "msg_00002"], output.EnumerateArray().Select(static item => item.GetProperty("id").GetString()));
    }

    [Fact]
    public void Calls_without_an_id_or_with_the_same_one_get_their_own()
    {
        var output = new WrittenAnswer(Request).Begin().Call(0, "", "get_time", "{}").Call(1, "same", "get_time", "{}").Call(2, "same", "get_time", "{}").Finish(FinishReason.ToolCalls).Response().GetProperty("output");
        Assert.Equal(["call_00000", "same", "call_00002"], output.EnumerateArray().Select(static item => item.GetProperty("call_id").GetString()));
    }

    [Fact]
    public void A_tool_that_nobody_declared_is_a_function()
    {
        var item = new WrittenAnswer(Request).Begin().Call(0, "c1", "other", "{}").Finish(FinishReason.ToolCalls).Response().GetProperty("output")[0];
        Assert.Equal("""{"id":"fc_00000","type":"function_call","status":"completed","call_id":"c1","name":"other","arguments":"{}"}""", item.GetRawText());
    }

    [Fact]
    public void A_call_that_goes_on_after_the_next_one_began_cannot_be_completed()
    {
        var answer = new WrittenAnswer(Request).Begin().Call(0, "c1", "get_time", "{").Call(1, "c2", "get_time", "{}").Call(0, "", "", "}");
        Assert.IsType<InferenceFailure.EngineFailed>(answer.Writer.Complete(default));
    }

    // Without the events about the whole response.
    private static string Items(Func<WrittenAnswer, WrittenAnswer> write)
    {
        var answer = new WrittenAnswer(Request).Begin();
        var start = answer.Text.Length;
        var text = write(answer).Text;
        return text[start..text.LastIndexOf("event: ", StringComparison.Ordinal)];
    }
}
