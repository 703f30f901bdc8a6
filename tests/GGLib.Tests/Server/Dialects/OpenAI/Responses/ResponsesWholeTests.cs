using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

public class ResponsesWholeTests
{
    [Fact]
    public void A_whole_answer_is_the_response_object() => Assert.Equal(
        $$$"""{"id":"resp_0","object":"response","created_at":1767323045,"status":"completed","background":false,"completed_at":1767323045,"error":null,"incomplete_details":null,{{{WrittenAnswer.Echo}}},"output":[{"id":"rs_00000","type":"reasoning","status":"completed","summary":[],"content":[{"type":"reasoning_text","text":"Hm"}]},{"id":"msg_00001","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Hi!"}]}],"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":0},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":13}}""",
        new WrittenAnswer("""{"model":"m","input":"hi"}""").Begin().Reasoning("Hm").Content("Hi").Content("!").Finish(FinishReason.Stop).Text);

    [Fact]
    public void Nothing_is_written_before_the_answer_is_complete()
    {
        var answer = new WrittenAnswer("""{"model":"m","input":"hi"}""").Begin();
        answer.Writer.Ping();
        answer.Reasoning("a").Content("b").Call(0, "c", "d", "{}");
        Assert.Equal("", answer.Text);
        Assert.False(answer.Writer.HasOutput);
        answer.Finish(FinishReason.ToolCalls);
        Assert.True(answer.Writer.HasOutput);
        Assert.Equal("b", answer.Writer.ContentText());
    }

    [Fact]
    public void The_response_repeats_the_request()
    {
        var answer = new WrittenAnswer(
            """
            {"model":"m:7b","input":"hi","instructions":"Be brief.","max_output_tokens":9,"max_tool_calls":2,"parallel_tool_calls":false,"prompt_cache_key":"k","reasoning":{"effort":"low","summary":"auto"},
             "safety_identifier":"s","service_tier":"flex","store":true,"temperature":0.5,"top_p":0.9,"top_logprobs":2,"truncation":"auto","user":"u","metadata":{"a":"b"},
             "text":{"format":{"type":"json_schema","name":"city","strict":true,"schema":{"type":"object"}},"verbosity":"low"},
             "tool_choice":{"type":"function","name":"f"},"tools":[{"type":"function","name":"f"},{"type":"web_search"}]}
            """).Content("{}").Finish(FinishReason.Stop);
        Assert.Contains(
            """
            "instructions":"Be brief.","max_output_tokens":9,"max_tool_calls":2,"model":"m:7b","parallel_tool_calls":false,"previous_response_id":null,"prompt_cache_key":"k","reasoning":{"effort":"low","summary":"auto"},"safety_identifier":"s","service_tier":"default","store":true,"temperature":0.5,"text":{"format":{"type":"json_schema","name":"city","strict":true,"schema":{"type":"object"}},"verbosity":"low"},"tool_choice":{"type":"function","name":"f"},"tools":[{"type":"function","name":"f","parameters":null,"strict":null},{"type":"web_search"}],"top_logprobs":2,"top_p":0.9,"truncation":"auto","user":"u","metadata":{"a":"b"},
            """,
            answer.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Generated_tokens_are_counted_when_the_engine_does_not_report_them()
    {
        var answer = new WrittenAnswer("""{"model":"m","input":"hi"}""").Reasoning("a").Content("b").Content("c");
        Assert.Null(answer.Writer.Complete(default));
        Assert.Equal("""{"input_tokens":0,"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":3}""", answer.Response().GetProperty("usage").GetRawText());
    }

    [Fact]
    public void Ids_of_two_responses_differ()
    {
        Assert.NotEqual(GGLib.Server.Dialects.OpenAI.Responses.ResponseIds.New().Response, GGLib.Server.Dialects.OpenAI.Responses.ResponseIds.New().Response);
        Assert.Equal(45, GGLib.Server.Dialects.OpenAI.Responses.ResponseIds.New().Response.Length);
    }

    [Fact]
    public void A_count_has_the_form_of_the_api() =>
        Assert.Equal("""{"object":"response.input_tokens","input_tokens":123}""", System.Text.Encoding.UTF8.GetString(GGLib.Server.Dialects.OpenAI.Responses.InputTokensReply.Compose(123)));
}
