using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Streaming;

/// <summary>
/// Writes each line of an NDJSON stream as one chunk of HTTP/1.1's chunked transfer coding. Kestrel would put everything between two flushes into one chunk, and some clients parse chunk by chunk.
/// Source: RFC 9112, section 7.1.
/// </summary>
internal static class LineChunk
{
    /// <summary>The most bytes that <see cref="WriteHead"/> writes.</summary>
    public const int LongestHead = 10;

    /// <summary>What follows a chunk's data.</summary>
    public static ReadOnlySpan<byte> End => "\r\n"u8;

    /// <summary>What ends the response.</summary>
    public static ReadOnlySpan<byte> Last => "0\r\n\r\n"u8;

    /// <summary>Whether a response to this request may be chunked: HTTP/1.0 and HTTP/2 have no chunks.</summary>
    public static bool IsPossible(HttpContext context) => HttpProtocol.IsHttp11(context.Request.Protocol);

    /// <summary>Announces that the response's body is written as chunks. Kestrel then writes no chunks of its own.</summary>
    public static void Announce(HttpContext context) => context.Response.Headers.TransferEncoding = "chunked";

    /// <summary>Takes the announcement back: the response has not started, and its body is a whole one.</summary>
    public static void Withdraw(HttpContext context) => context.Response.Headers.Remove("Transfer-Encoding");

    /// <summary>Writes what precedes a chunk's data.</summary>
    /// <param name="destination">At least <see cref="LongestHead"/> bytes.</param>
    /// <param name="length">The length of the data, positive.</param>
    /// <returns>The bytes written.</returns>
    public static int WriteHead(Span<byte> destination, int length)
    {
        length.TryFormat(destination, out var digits, "x", CultureInfo.InvariantCulture);
        End.CopyTo(destination[digits..]);
        return digits + End.Length;
    }

    /// <summary>Writes a line as one chunk.</summary>
    /// <param name="output">The response's body.</param>
    /// <param name="line">The line, with its line feed.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> line)
    {
        var head = output.GetSpan(LongestHead);
        output.Advance(WriteHead(head, line.Length));
        output.Write(line);
        output.Write(End);
    }
}
