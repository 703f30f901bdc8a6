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
        watch.Scan(Encoding.UTF8.GetBytes(answer));
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
        watch.Scan(Encoding.UTF8.GetBytes(bytes));
        Assert.Equal(default, watch.Seen);
    }

    [Theory]
    [InlineData("""{"choices":[],"usage":{"completion_tokens":12,"prompt_tokens":20}}""", """{"choices":[],"usage":null}""")]
    public void Reads_the_counts(string first, string second)
    {
        var watch = new UsageWatch(TextMark.Chat);
        watch.Scan(Encoding.UTF8.GetBytes(Samples.Body(first, second)));
        Assert.Equal((20, 12), (watch.Seen.PromptTokens, watch.GeneratedTokens));
    }

    public static TheoryData<string, string> Uncounted => new()
    {
        { "Chat", Samples.Body(Samples.Role, Samples.Content("a"), Samples.Content("\\\"delta\\\":{\\\"content"), Samples.Reasoning("b"), Samples.Finish, "[DONE]") },
        { "Completion", Samples.Body("""{"choices":[{"text":"a"}]}""", """{"choices":[{"text":"b"}]}""", """{"choices":[{"text":"c"}]}""", """{"choices":[{"text":"","finish_reason":"stop"}]}""") },
    };

    [Theory]
    [MemberData(nameof(Uncounted))]
    public void Counts_the_events_of_text_where_no_counts_come(string dialect, string events)
    {
        var watch = new UsageWatch(dialect is "Chat" ? TextMark.Chat : TextMark.Completion);
        watch.Scan(Encoding.UTF8.GetBytes(events));
        Assert.Equal(3, watch.GeneratedTokens);
    }
}
