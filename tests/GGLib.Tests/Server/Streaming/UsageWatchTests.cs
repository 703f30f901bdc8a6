using System.Text;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Streaming;

public sealed class UsageWatchTests
{
    private const string Timings = """
        "timings":{"cache_n":17,"prompt_n":3,"prompt_ms":1.158,"predicted_n":12,"predicted_ms":6.0}
        """;

    [Theory]
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"choices\":[{\"finish_reason\":\"stop\",\"delta\":{}}]," + Timings + "}\n\ndata: [DONE]\n\n")]
    [InlineData("data: {\"choices\":[],\"usage\":{\"completion_tokens\":12,\"prompt_tokens\":20}," + Timings + "}\n\n")]
    [InlineData("{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"\\\"timings\\\":1\"}}]," + Timings + "}")]
    public void Finds_the_counts_of_a_stream_and_of_a_whole_answer(string answer)
    {
        var watch = new UsageWatch(TextMark.Chat);
        watch.Look(Encoding.UTF8.GetBytes(answer));
        Assert.Equal(20, watch.Seen.PromptTokens);
        Assert.Equal(12, watch.Seen.GeneratedTokens);
        Assert.Equal(6_000_000, watch.Seen.GenerationNanoseconds);
    }

    [Theory]
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"timings\"}}]}\n\n")]
    [InlineData("\"timings\":{\"predicted_n\":12")]
    [InlineData("")]
    public void Passes_over_what_it_cannot_see_at_a_glance(string bytes)
    {
        var watch = new UsageWatch(TextMark.Chat);
        watch.Look(Encoding.UTF8.GetBytes(bytes));
        Assert.Equal(default, watch.Seen);
    }

    [Theory]
    [InlineData("""{"type":"message_start","message":{"usage":{"cache_read_input_tokens":15,"input_tokens":5,"output_tokens":0}}}""", """{"type":"message_delta","usage":{"output_tokens":12}}""")]
    [InlineData("""{"type":"response.completed","response":{"usage":{"input_tokens":20,"output_tokens":12,"input_tokens_details":{"cached_tokens":15}}}}""", "")]
    [InlineData("""{"choices":[],"usage":{"completion_tokens":12,"prompt_tokens":20}}""", """{"choices":[],"usage":null}""")]
    public void Reads_the_counts_of_every_dialect(string first, string second)
    {
        var watch = new UsageWatch(TextMark.Message);
        watch.Look(Encoding.UTF8.GetBytes(Samples.Body(first, second)));
        Assert.Equal((20, 12), (watch.Seen.PromptTokens, watch.GeneratedTokens));
    }

    public static TheoryData<string, string> Uncounted => new()
    {
        { "Chat", Samples.Body(Samples.Role, Samples.Content("a"), Samples.Content("\\\"delta\\\":{\\\"content"), Samples.Reasoning("b"), Samples.Finish, "[DONE]") },
        { "Completion", Samples.Body("""{"choices":[{"text":"a"}]}""", """{"choices":[{"text":"b"}]}""", """{"choices":[{"text":"c"}]}""", """{"choices":[{"text":"","finish_reason":"stop"}]}""") },
        { "Message", Samples.Body("""{"type":"message_start","message":{"usage":{"input_tokens":1,"output_tokens":0}}}""", """{"delta":{"type":"text_delta","text":"a"}}""", """{"delta":{"type":"thinking_delta","thinking":"b"}}""", """{"delta":{"type":"input_json_delta","partial_json":"{"}}""", """{"delta":{"type":"signature_delta","signature":""}}""", """{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""") },
        { "Response", Samples.Body("""{"type":"response.output_text.delta","delta":"a"}""", """{"type":"response.output_text.delta","delta":"b"}""", """{"type":"response.reasoning_text.delta","delta":"c"}""", """{"type":"response.output_text.done","text":"ab"}""") },
    };

    [Theory]
    [MemberData(nameof(Uncounted))]
    public void Counts_the_events_of_text_where_no_counts_come(string dialect, string events)
    {
        var watch = new UsageWatch(dialect switch { "Chat" => TextMark.Chat, "Completion" => TextMark.Completion, "Message" => TextMark.Message, _ => TextMark.Response });
        watch.Look(Encoding.UTF8.GetBytes(events));
        Assert.Equal(3, watch.GeneratedTokens);
    }
}
