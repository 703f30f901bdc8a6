using System.Text;
using FakeLlama.Script;
using FakeLlama.Streaming;
using static FakeLlama.Wire.JsonText;

namespace FakeLlama.Answers;

/// <summary><c>/v1/chat/completions</c>, its keys in llama-server's order.</summary>
internal sealed class ChatAnswer(Generation generation, Probabilities probabilities)
{
    public const string Fingerprint = "b1-fake";

    public TokenStream Stream()
    {
        var tokens = generation.Chunks.Select(Event).ToArray();
        return new TokenStream(
            [Event("null", """{"role":"assistant","content":null}""")],
            i => tokens[i % tokens.Length],
            generation.Count,
            HugeEvent,
            Tail());
    }

    public string Whole()
    {
        var message = new StringBuilder("""{"role":"assistant","content":""")
            .Append(Quote(string.Concat(generation.Sent.Select(chunk => chunk.Content))));
        var reasoning = string.Concat(generation.Sent.Select(chunk => chunk.Reasoning));
        if (reasoning.Length > 0)
        {
            message.Append(",\"reasoning_content\":").Append(Quote(reasoning));
        }

        message.Append(ToolCalls.Merge(generation.Sent)).Append('}');
        if (generation.Logprobs)
        {
            var contents = generation.Sent.Where(chunk => chunk.Content is not null).Select(chunk => Probability(chunk.Content!));
            message.Append($$""","logprobs":{"content":[{{string.Join(',', contents)}}]}""");
        }

        return $$"""{"choices":[{"finish_reason":"{{generation.Finish}}","index":0,"message":{{message}}}],"created":{{generation.Created}},"model":{{Quote(generation.Model)}},"system_fingerprint":"{{Fingerprint}}","object":"chat.completion"{{Usage}},"id":"{{generation.Id}}"{{Timings}}}""";
    }

    private string Usage => generation.Usage ? ",\"usage\":" + generation.Counts.Usage : "";

    private string Timings => generation.Timings ? ",\"timings\":" + generation.Counts.Timings : "";

    private string Common =>
        $$"""],"created":{{generation.Created}},"id":"{{generation.Id}}","model":{{Quote(generation.Model)}},"system_fingerprint":"{{Fingerprint}}","object":"chat.completion.chunk""" + "\"";

    /// <summary>With usage asked for, the timings move with it into an event without choices.</summary>
    private ReadOnlyMemory<byte>[] Tail()
    {
        var separate = generation.Request.IncludeUsage && generation.Usage;
        var finish = Event($"\"{generation.Finish}\"", "{}", separate ? "" : Timings);
        var usage = $$"""data: {"choices":[{{Common}}{{Usage}}{{Timings}}}""";
        var done = "data: [DONE]\n\n"u8.ToArray();
        return separate ? [finish, Bytes(usage), done] : [finish, done];
    }

    private ReadOnlyMemory<byte> Event(FakeChunk chunk)
    {
        if (chunk.Raw is not null)
        {
            return Encoding.UTF8.GetBytes(chunk.Raw);
        }

        var delta = chunk switch
        {
            { Content: { } content } => $$"""{"content":{{Quote(content)}}}""",
            { Reasoning: { } reasoning } => $$"""{"reasoning_content":{{Quote(reasoning)}}}""",
            { ToolCalls: { } calls } => $$"""{"tool_calls":{{calls.GetRawText()}}}""",
            { Delta: { } raw } => raw.GetRawText(),
            _ => "{}",
        };
        var logprobs = generation.Logprobs && (chunk.Content ?? chunk.Reasoning) is { } token
            ? $$""","logprobs":{"content":[{{Probability(token)}}]}"""
            : "";
        return Event("null", delta + logprobs);
    }

    private ReadOnlyMemory<byte> Event(string finish, string delta, string end = "") =>
        Bytes($$"""data: {"choices":[{"finish_reason":{{finish}},"index":0,"delta":{{delta}}}{{Common}}{{end}}}""");

    private ReadOnlyMemory<byte> HugeEvent(int length) =>
        Event(new FakeChunk { Content = new string('x', Math.Max(1, length - Event(new FakeChunk { Content = "" }).Length)) });

    private string Probability(string token) => probabilities.Of(token, Math.Max(1, generation.Request.TopLogprobs));

    private static ReadOnlyMemory<byte> Bytes(string line) => Encoding.UTF8.GetBytes(line + "\n\n");
}
