using GGLib.Server.Failures;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

public class ResponsesStreamTests
{
    private const string Request = """{"model":"m","input":"hi","stream":true}""";

    private const string InProgress = $$"""{"id":"resp_0","object":"response","created_at":1767323045,"status":"in_progress","background":false,"completed_at":null,"error":null,"incomplete_details":null,{{WrittenAnswer.Echo}},"output":[],"usage":null}""";

    private const string Opening =
        $$"""
        event: response.created
        data: {"type":"response.created","response":{{InProgress}},"sequence_number":0}

        event: response.in_progress
        data: {"type":"response.in_progress","response":{{InProgress}},"sequence_number":1}


        """;

    [Fact]
    public void Text_is_streamed_in_the_events_of_one_message() => Assert.Equal(
        Opening +
        $$$"""
        event: response.output_item.added
        data: {"type":"response.output_item.added","output_index":0,"item":{"id":"msg_00000","type":"message","status":"in_progress","role":"assistant","content":[]},"sequence_number":2}

        event: response.content_part.added
        data: {"type":"response.content_part.added","item_id":"msg_00000","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""},"sequence_number":3}

        event: response.output_text.delta
        data: {"type":"response.output_text.delta","item_id":"msg_00000","output_index":0,"content_index":0,"delta":"Say \"","logprobs":[],"sequence_number":4}

        event: response.output_text.delta
        data: {"type":"response.output_text.delta","item_id":"msg_00000","output_index":0,"content_index":0,"delta":"é\n","logprobs":[],"sequence_number":5}

        event: response.output_text.done
        data: {"type":"response.output_text.done","item_id":"msg_00000","output_index":0,"content_index":0,"text":"Say \"é\n","logprobs":[],"sequence_number":6}

        event: response.content_part.done
        data: {"type":"response.content_part.done","item_id":"msg_00000","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":"Say \"é\n"},"sequence_number":7}

        event: response.output_item.done
        data: {"type":"response.output_item.done","output_index":0,"item":{"id":"msg_00000","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Say \"é\n"}]},"sequence_number":8}

        event: response.completed
        data: {"type":"response.completed","response":{"id":"resp_0","object":"response","created_at":1767323045,"status":"completed","background":false,"completed_at":1767323045,"error":null,"incomplete_details":null,{{{WrittenAnswer.Echo}}},"output":[{"id":"msg_00000","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Say \"é\n"}]}],"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":0},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":13}},"sequence_number":9}


        """,
        new WrittenAnswer(Request).Begin().Content("Say \\\"").Content("é\\n").Finish(FinishReason.Stop).Text);

    [Fact]
    public void Thinking_is_an_item_before_the_message()
    {
        var answer = new WrittenAnswer(Request).Begin().Reasoning("Hm").Reasoning("m.").Content("Hi").Finish(FinishReason.Stop);
        Assert.StartsWith(
            Opening +
            """
            event: response.output_item.added
            data: {"type":"response.output_item.added","output_index":0,"item":{"id":"rs_00000","type":"reasoning","status":"in_progress","summary":[],"content":[]},"sequence_number":2}

            event: response.content_part.added
            data: {"type":"response.content_part.added","item_id":"rs_00000","output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":""},"sequence_number":3}

            event: response.reasoning_text.delta
            data: {"type":"response.reasoning_text.delta","item_id":"rs_00000","output_index":0,"content_index":0,"delta":"Hm","sequence_number":4}

            event: response.reasoning_text.delta
            data: {"type":"response.reasoning_text.delta","item_id":"rs_00000","output_index":0,"content_index":0,"delta":"m.","sequence_number":5}

            event: response.reasoning_text.done
            data: {"type":"response.reasoning_text.done","item_id":"rs_00000","output_index":0,"content_index":0,"text":"Hmm.","sequence_number":6}

            event: response.content_part.done
            data: {"type":"response.content_part.done","item_id":"rs_00000","output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":"Hmm."},"sequence_number":7}

            event: response.output_item.done
            data: {"type":"response.output_item.done","output_index":0,"item":{"id":"rs_00000","type":"reasoning","status":"completed","summary":[],"content":[{"type":"reasoning_text","text":"Hmm."}]},"sequence_number":8}

            event: response.output_item.added
            data: {"type":"response.output_item.added","output_index":1,"item":{"id":"msg_00001","type":"message","status":"in_progress","role":"assistant","content":[]},"sequence_number":9}


            """,
            answer.Text,
            StringComparison.Ordinal);
        Assert.Equal(2, answer.Response().GetProperty("usage").GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt32());
    }

    [Fact]
    public void Thinking_is_also_the_summary_and_encoded_when_the_client_asks_for_them()
    {
        var answer = new WrittenAnswer("""{"model":"m","input":"hi","stream":true,"reasoning":{"summary":"auto"},"include":["reasoning.encrypted_content"]}""").Begin();
        var start = answer.Text.Length;
        answer.Reasoning("Hm").Content("Hi");
        Assert.StartsWith(
            """
            event: response.output_item.added
            data: {"type":"response.output_item.added","output_index":0,"item":{"id":"rs_00000","type":"reasoning","status":"in_progress","summary":[],"content":[],"encrypted_content":null},"sequence_number":2}

            event: response.reasoning_summary_part.added
            data: {"type":"response.reasoning_summary_part.added","item_id":"rs_00000","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""},"sequence_number":3}

            event: response.reasoning_summary_text.delta
            data: {"type":"response.reasoning_summary_text.delta","item_id":"rs_00000","output_index":0,"summary_index":0,"delta":"Hm","sequence_number":4}

            event: response.reasoning_summary_text.done
            data: {"type":"response.reasoning_summary_text.done","item_id":"rs_00000","output_index":0,"summary_index":0,"text":"Hm","sequence_number":5}

            event: response.reasoning_summary_part.done
            data: {"type":"response.reasoning_summary_part.done","item_id":"rs_00000","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":"Hm"},"sequence_number":6}

            event: response.content_part.added
            data: {"type":"response.content_part.added","item_id":"rs_00000","output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":""},"sequence_number":7}

            event: response.reasoning_text.done
            data: {"type":"response.reasoning_text.done","item_id":"rs_00000","output_index":0,"content_index":0,"text":"Hm","sequence_number":8}

            event: response.content_part.done
            data: {"type":"response.content_part.done","item_id":"rs_00000","output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":"Hm"},"sequence_number":9}

            event: response.output_item.done
            data: {"type":"response.output_item.done","output_index":0,"item":{"id":"rs_00000","type":"reasoning","status":"completed","summary":[{"type":"summary_text","text":"Hm"}],"content":[{"type":"reasoning_text","text":"Hm"}],"encrypted_content":"gglib-thinking-1.SG0"},"sequence_number":10}


            """,
            answer.Text[start..],
            StringComparison.Ordinal);
    }

    // Microsoft.Extensions.AI shows the deltas of both as one text.
    [Theory]
    [InlineData("", "response.reasoning_text.delta")]
    [InlineData(""","reasoning":{"summary":"detailed"}""", "response.reasoning_summary_text.delta")]
    public void Each_piece_of_thinking_is_streamed_once(string more, string type)
    {
        var events = new WrittenAnswer($$"""{"model":"m","input":"hi","stream":true{{more}}}""").Begin().Reasoning("a").Reasoning("b").Finish(FinishReason.Stop).Events();
        Assert.Equal([type, type], events.Select(static data => data.GetProperty("type").GetString()!).Where(static name => name.Contains("reasoning", StringComparison.Ordinal) && name.EndsWith(".delta", StringComparison.Ordinal)));
    }

    [Fact]
    public void Text_cut_off_by_a_limit_is_incomplete()
    {
        var answer = new WrittenAnswer(Request).Begin().Content("Par").Finish(FinishReason.Length);
        Assert.EndsWith(
            $$$"""
            event: response.output_item.done
            data: {"type":"response.output_item.done","output_index":0,"item":{"id":"msg_00000","type":"message","status":"incomplete","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Par"}]},"sequence_number":7}

            event: response.incomplete
            data: {"type":"response.incomplete","response":{"id":"resp_0","object":"response","created_at":1767323045,"status":"incomplete","background":false,"completed_at":null,"error":null,"incomplete_details":{"reason":"max_output_tokens"},{{{WrittenAnswer.Echo}}},"output":[{"id":"msg_00000","type":"message","status":"incomplete","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Par"}]}],"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":0},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":13}},"sequence_number":8}


            """,
            answer.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Thinking_cut_off_by_a_limit_has_no_message_after_it()
    {
        var output = new WrittenAnswer(Request).Begin().Reasoning("Hm").Finish(FinishReason.Length).Response().GetProperty("output");
        Assert.Equal("""[{"id":"rs_00000","type":"reasoning","status":"incomplete","summary":[],"content":[{"type":"reasoning_text","text":"Hm"}]}]""", output.GetRawText());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_answer_without_text_has_an_empty_message(bool thinks)
    {
        var answer = new WrittenAnswer(Request).Begin();
        var output = (thinks ? answer.Reasoning("Hm") : answer).Content("").Finish(FinishReason.Stop).Response().GetProperty("output");
        Assert.Equal(thinks ? 2 : 1, output.GetArrayLength());
        Assert.Equal("""{"type":"output_text","annotations":[],"logprobs":[],"text":""}""", output[output.GetArrayLength() - 1].GetProperty("content")[0].GetRawText());
    }

    [Fact]
    public void A_failure_ends_the_stream_with_what_was_written()
    {
        var answer = new WrittenAnswer(Request).Begin().Content("Par").Fail(new InferenceFailure.Crashed("the engine \"died\""));
        Assert.EndsWith(
            $$"""
            event: response.failed
            data: {"type":"response.failed","response":{"id":"resp_0","object":"response","created_at":1767323045,"status":"failed","background":false,"completed_at":null,"error":{"code":"server_error","message":"the engine \"died\""},"incomplete_details":null,{{WrittenAnswer.Echo}},"output":[{"id":"msg_00000","type":"message","status":"incomplete","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Par"}]}],"usage":null},"sequence_number":5}


            """,
            answer.Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_failure_has_the_code_that_clients_test_for(string code, string message, object failure) => Assert.Equal(
        $$"""{"code":"{{code}}","message":"{{message}}"}""",
        new WrittenAnswer(Request).Begin().Fail((InferenceFailure)failure).Response().GetProperty("error").GetRawText());

    public static TheoryData<string, string, object> Failures => new()
    {
        { "context_length_exceeded", "too long", new InferenceFailure.ContextExceeded("too long", 9, 8) },
        { "rate_limit_exceeded", "the queue is full. Please try again in 1s.", new InferenceFailure.QueueFull("the queue is full") },
        { "invalid_prompt", "bad template", new InferenceFailure.TemplateRejected("bad template") },
        { "server_error", "gone", new InferenceFailure.ConnectionLost("gone") },
    };

    [Fact]
    public void A_sign_of_life_is_an_event_until_there_is_output_and_then_a_comment()
    {
        var answer = new WrittenAnswer(Request).Begin();
        var start = answer.Text.Length;
        answer.Writer.Ping();
        Assert.Equal(
            $$"""
            event: response.in_progress
            data: {"type":"response.in_progress","response":{{InProgress}},"sequence_number":2}


            """,
            answer.Text[start..]);
        answer.Content("a");
        start = answer.Text.Length;
        answer.Writer.Ping();
        Assert.Equal(": keep-alive\n\n", answer.Text[start..]);
        answer.Content("b").Finish(FinishReason.Stop);
        Assert.Equal(11, answer.Events().Count);
    }

    [Fact]
    public void Log_probabilities_are_in_the_delta_and_in_the_message()
    {
        const string First = """{"token":"H","bytes":[72],"logprob":-0.5,"top_logprobs":[{"token":"H","bytes":[72],"logprob":-0.5}]}""";
        const string Second = """{"token":"i","bytes":[105],"logprob":-0.25,"top_logprobs":[]}""";
        var answer = new WrittenAnswer("""{"model":"m","input":"hi","stream":true,"top_logprobs":1,"include":["message.output_text.logprobs"]}""").Begin()
            .Logprobs("""[{"id":1,"token":"t","bytes":[116],"logprob":-9,"top_logprobs":[]}]""").Reasoning("t")
            .Logprobs("""[{"id":39,"token":"H","bytes":[72],"logprob":-0.5,"top_logprobs":[{"id":39,"token":"H","bytes":[72],"logprob":-0.5},{"id":40,"token":"I","bytes":[73],"logprob":-1}]}]""").Content("H")
            .Logprobs("""[{"id":72,"token":"i","bytes":[105],"logprob":-0.25,"top_logprobs":[]}]""").Content("i")
            .Finish(FinishReason.Stop);
        var events = answer.Events().Where(static e => e.GetProperty("type").GetString()!.StartsWith("response.output_text.", StringComparison.Ordinal)).ToList();
        Assert.Equal([$"[{First}]", $"[{Second}]", $"[{First},{Second}]"], events.Select(static e => e.GetProperty("logprobs").GetRawText()));
        Assert.Equal($"[{First},{Second}]", answer.Response().GetProperty("output")[1].GetProperty("content")[0].GetProperty("logprobs").GetRawText());
    }
}
