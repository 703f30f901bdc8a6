using System.Globalization;
using System.Text;
using FakeLlama.Streaming;
using FakeLlama.Wire;
using static FakeLlama.Wire.JsonText;

namespace FakeLlama.Answers;

/// <summary><c>/completion</c>: no <c>[DONE]</c>, the last event large. Reasoning comes as the raw text it is to the model.</summary>
internal sealed class CompletionAnswer(Generation generation, Probabilities probabilities, Vocabulary vocabulary)
{
    private readonly string[] texts = RawText.Of(generation.Chunks);

    public TokenStream Stream()
    {
        var prefixes = texts.Select(Prefix).ToArray();
        var suffixes = texts.Select(Suffix).ToArray();
        return new TokenStream(
            [],
            i => generation.Chunks[i % texts.Length].Raw is { } raw
                ? Encoding.UTF8.GetBytes(raw)
                : Join(prefixes[i % texts.Length], i + 1, suffixes[i % texts.Length]),
            generation.Count,
            length => Join(Prefix(new string('x', Math.Max(1, length - 100))), 0, Suffix("")),
            [Encoding.UTF8.GetBytes("data: " + Last("", "[]", "") + "\n\n")]);
    }

    public string Whole()
    {
        var all = Enumerable.Range(0, generation.Count).Select(i => texts[i % texts.Length]).ToArray();
        var logprobs = generation.Logprobs
            ? $$""","completion_probabilities":[{{string.Join(',', all.Select(text => probabilities.Of(text, Math.Max(1, generation.Request.TopLogprobs))))}}]"""
            : "";
        return Last(string.Concat(all), "[]", logprobs);
    }

    private byte[] Prefix(string text) => Encoding.UTF8.GetBytes(
        $$"""data: {"index":0,"content":{{Quote(text)}},"tokens":[{{vocabulary.NumberOf(text)}}],"stop":false,"id_slot":-1,"tokens_predicted":""");

    private byte[] Suffix(string text)
    {
        var logprobs = generation.Logprobs
            ? $$""","completion_probabilities":[{{probabilities.Of(text, Math.Max(1, generation.Request.TopLogprobs))}}]"""
            : "";
        return Encoding.UTF8.GetBytes($$""","tokens_evaluated":{{generation.Counts.Prompt}}{{logprobs}}}""" + "\n\n");
    }

    private static ReadOnlyMemory<byte> Join(byte[] prefix, int number, byte[] suffix)
    {
        Span<byte> digits = stackalloc byte[11];
        number.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        return (byte[])[.. prefix, .. digits[..length], .. suffix];
    }

    private string Last(string content, string tokens, string logprobs)
    {
        var counts = generation.Counts;
        var stopType = generation.Finish == "length" ? "limit" : "eos";
        var settings = ServerText.Settings(generation.Request, "completion");
        var timings = generation.Timings ? ",\"timings\":" + counts.Timings : "";
        return $$"""{"index":0,"content":{{Quote(content)}},"tokens":{{tokens}},"id_slot":0,"stop":true,"model":{{Quote(generation.Model)}},"tokens_predicted":{{counts.Predicted}},"tokens_evaluated":{{counts.Prompt}},"generation_settings":{{settings}},"prompt":{{Quote(generation.Request.Prompt)}},"has_new_line":{{Flag(content.Contains('\n'))}},"truncated":false,"stop_type":"{{stopType}}","stopping_word":"","tokens_cached":{{counts.Prompt + counts.Predicted - 1}}{{timings}}{{logprobs}}}""";
    }
}
