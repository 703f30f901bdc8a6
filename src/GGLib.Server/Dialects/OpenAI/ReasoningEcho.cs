using System.Buffers;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>
/// Repeats the engine's <c>reasoning_content</c> as <c>reasoning</c>, which clients of Ollama's <c>/v1</c> read. Other bytes are passed on unchanged. Quotes inside JSON strings are escaped, so the
/// search text only matches a property name. Reads may split the text at any position.
/// </summary>
internal sealed class ReasoningEcho(IByteStage next) : IByteStage
{
    // The part of the text that arrived in earlier reads. Events of a stream contain their text whole.
    private readonly ArrayBufferWriter<byte> _earlier = new();
    private int _matched;
    private bool _inText;
    private bool _escaped;

    private static ReadOnlySpan<byte> Mark => "\"reasoning_content\":\""u8;

    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        while (!bytes.IsEmpty)
        {
            var passed = _inText ? PassText(bytes, output) : PassOther(bytes, output);
            bytes = bytes[passed..];
        }
    }

    public void Complete(IBufferWriter<byte> output) => next.Complete(output);

    private int PassOther(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        var end = EndOfMark(bytes);
        _inText = end >= 0;
        var passed = _inText ? end : bytes.Length;
        next.Write(bytes[..passed], output);
        return passed;
    }

    /// <summary>Returns the end of the search text, or -1. Remembers a partial match at the end.</summary>
    private int EndOfMark(ReadOnlySpan<byte> bytes)
    {
        if (_matched > 0)
        {
            var rest = Mark[_matched..];
            if (bytes.StartsWith(rest))
            {
                _matched = 0;
                return rest.Length;
            }

            if (rest.StartsWith(bytes))
            {
                _matched += bytes.Length;
                return -1;
            }
        }

        var at = bytes.IndexOf(Mark);
        _matched = at < 0 ? PartialMatch.LengthAtEnd(bytes, Mark) : 0;
        return at < 0 ? -1 : at + Mark.Length;
    }

    private int PassText(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        var at = _escaped ? 1 : 0;
        _escaped = false;
        while (at < bytes.Length)
        {
            var found = bytes[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
            {
                break;
            }

            at += found;
            if (bytes[at] == '"')
            {
                End(bytes[..at], output);
                return at + 1;
            }

            at += 2;
        }

        _escaped = at > bytes.Length;
        _earlier.Write(bytes);
        next.Write(bytes, output);
        return bytes.Length;
    }

    private void End(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        next.Write(text, output);
        next.Write("\",\"reasoning\":\""u8, output);
        next.Write(_earlier.WrittenSpan, output);
        next.Write(text, output);
        next.Write("\""u8, output);
        _earlier.ResetWrittenCount();
        _inText = false;
    }
}
