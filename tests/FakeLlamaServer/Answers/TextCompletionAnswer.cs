using System.Text;
using FakeLlama.Streaming;
using static FakeLlama.Wire.JsonText;

namespace FakeLlama.Answers;

/// <summary><c>/v1/completions</c>: usage and timings come with the finish reason, asked for or not.</summary>
internal sealed class TextCompletionAnswer(Generation generation)
{
    private readonly string[] texts = RawText.Of(generation.Chunks);

    public TokenStream Stream()
    {
        var tokens = texts.Select((text, i) => generation.Chunks[i].Raw is { } raw ? Encoding.UTF8.GetBytes(raw) : Event(text)).ToArray();
        return new TokenStream(
            [],
            i => tokens[i % tokens.Length],
            generation.Count,
            length => Event(new string('x', Math.Max(1, length - Event("").Length))),
            [Bytes($$"""data: {"choices":[{{Choice("", $"\"{generation.Finish}\"")}}]{{Common}}{{Usage}},"id":"{{generation.Id}}"{{Timings}}}"""), "data: [DONE]\n\n"u8.ToArray()]);
    }

    public string Whole()
    {
        var text = string.Concat(Enumerable.Range(0, generation.Count).Select(i => texts[i % texts.Length]));
        return $$"""{"choices":[{{Choice(text, $"\"{generation.Finish}\"")}}]{{Common}}{{Usage}},"id":"{{generation.Id}}"{{Timings}}}""";
    }

    private string Common =>
        $$""","created":{{generation.Created}},"model":{{Quote(generation.Model)}},"system_fingerprint":"{{ChatAnswer.Fingerprint}}","object":"text_completion""" + "\"";

    private string Usage => generation.Usage ? ",\"usage\":" + generation.Counts.Usage : "";

    private string Timings => generation.Timings ? ",\"timings\":" + generation.Counts.Timings : "";

    private byte[] Event(string text) => Bytes($$"""data: {"choices":[{{Choice(text, "null")}}]{{Common}},"id":"{{generation.Id}}"}""");

    private static string Choice(string text, string finish) =>
        $$"""{"text":{{Quote(text)}},"index":0,"logprobs":null,"finish_reason":{{finish}}}""";

    private static byte[] Bytes(string line) => Encoding.UTF8.GetBytes(line + "\n\n");
}
