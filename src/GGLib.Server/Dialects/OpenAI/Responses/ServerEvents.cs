using System.Buffers;
using System.Buffers.Text;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>Writes server-sent events as this API frames them: the type as the event's name and as a field, and <c>sequence_number</c>, which rises from 0. For one stream; not thread-safe.</summary>
/// <param name="output">Where the events go.</param>
internal sealed class ServerEvents(IBufferWriter<byte> output)
{
    private const int MaxDigits = 20;

    private long _sequence;

    private static ReadOnlySpan<byte> Number => ",\"sequence_number\":"u8;

    private static ReadOnlySpan<byte> Tail => "}\n\n"u8;

    /// <summary>The beginning of an event, up to and including its type.</summary>
    public static byte[] HeadOf(ReadOnlySpan<byte> type) => [.. "event: "u8, .. type, .. "\ndata: {\"type\":\""u8, .. type, .. "\""u8];

    /// <summary>Begins an event. The caller writes further fields, each after a comma, and calls <see cref="End"/>.</summary>
    public IBufferWriter<byte> Begin(ReadOnlySpan<byte> type)
    {
        output.Write("event: "u8);
        output.Write(type);
        output.Write("\ndata: {\"type\":\""u8);
        output.Write(type);
        output.Write("\""u8);
        return output;
    }

    /// <summary>Ends the event with its number.</summary>
    public void End()
    {
        output.Write(Number);
        var digits = output.GetSpan(MaxDigits);
        Utf8Formatter.TryFormat(_sequence++, digits, out var written);
        output.Advance(written);
        output.Write(Tail);
    }

    /// <summary>Writes a whole event that contains a piece of text. This is the token path: one span, no allocation.</summary>
    /// <param name="head">The event up to and including the quote before the text.</param>
    /// <param name="text">The escaped text.</param>
    /// <param name="after">What follows the text, its closing quote included, up to the event's number.</param>
    public void Write(ReadOnlySpan<byte> head, ReadOnlySpan<byte> text, ReadOnlySpan<byte> after)
    {
        var span = output.GetSpan(head.Length + text.Length + after.Length + Number.Length + MaxDigits + Tail.Length);
        var length = 0;
        Put(head, span, ref length);
        Put(text, span, ref length);
        Put(after, span, ref length);
        Put(Number, span, ref length);
        Utf8Formatter.TryFormat(_sequence++, span[length..], out var digits);
        length += digits;
        Put(Tail, span, ref length);
        output.Advance(length);

        static void Put(ReadOnlySpan<byte> piece, Span<byte> span, ref int length)
        {
            piece.CopyTo(span[length..]);
            length += piece.Length;
        }
    }

    /// <summary>Writes a comment, which clients skip. It has no number.</summary>
    public void Comment() => output.Write(": keep-alive\n\n"u8);
}
