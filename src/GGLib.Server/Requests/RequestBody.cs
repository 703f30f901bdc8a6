using System.Buffers;
using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Threads;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Requests;

/// <summary>A request's body, read completely. Dispose it when the values read from it are no longer used.</summary>
internal sealed class RequestBody : IDisposable
{
    private readonly JsonDocument? _document;

    private RequestBody(byte[] bytes, JsonDocument? document, string? error, int status)
    {
        Bytes = bytes;
        _document = document;
        Error = error;
        Status = status;
    }

    /// <summary>The first JSON value as it arrived; lone surrogates, which no decoder accepts, are replaced.</summary>
    public byte[] Bytes { get; }

    /// <summary>The first JSON value; what follows it is ignored, as Ollama ignores it.</summary>
    public JsonElement Json => _document!.RootElement;

    /// <summary>Why the body cannot be used, in the words of Ollama's decoder; null when it can. <c>EOF</c> when it is empty.</summary>
    public string? Error { get; }

    /// <summary>The same as a failure; null when the body can be used.</summary>
    public InferenceFailure? Failure => Error is not { } error ? null
        : Status is StatusCodes.Status413PayloadTooLarge ? new InferenceFailure.BodyTooLarge(error)
        : Status is StatusCodes.Status415UnsupportedMediaType ? new InferenceFailure.UnsupportedEncoding(error)
        : new InferenceFailure.InvalidRequest(error) { IsUnreadable = true };

    /// <summary>The HTTP status that goes with the error.</summary>
    public int Status { get; }

    /// <summary>Reads and parses the body. The content type is ignored.</summary>
    public static async Task<RequestBody> ReadAsync(HttpContext context)
    {
        if (CompressedBodies.UnknownEncoding(context.Request) is { } encoding)
        {
            context.Response.Headers.AcceptEncoding = CompressedBodies.Accepted;
            return new([], null, $"Content-Encoding '{encoding}' is not supported; use one of {CompressedBodies.Accepted}", StatusCodes.Status415UnsupportedMediaType);
        }

        byte[] bytes;
        try
        {
            var buffer = new ArrayBufferWriter<byte>(context.Request.ContentLength is > 0 and < (1 << 20) and var length ? (int)length : 1024);
            var reader = context.Request.BodyReader;
            var waited = false;
            while (true)
            {
                var result = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
                foreach (var segment in result.Buffer)
                {
                    buffer.Write(segment.Span);
                }

                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }

                waited = true;
            }

            if (waited)
            {
                // The rest arrived on the socket thread, which must not handle the request.
                await new PoolThread(stays: false);
            }

            bytes = buffer.WrittenSpan.ToArray();
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or ZstdSharp.ZstdException)
        {
            // The decoders for deflate and gzip, for br and for zstd report invalid data in this order.
            return new([], null, "the request body is not in the encoding that Content-Encoding names", StatusCodes.Status400BadRequest);
        }
        catch (BadHttpRequestException exception)
        {
            return new([], null, exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? "request body too large" : exception.Message, exception.StatusCode);
        }

        catch (IOException exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Kestrel reports some invalid chunks like this.
            return new([], null, exception.Message, StatusCodes.Status400BadRequest);
        }

        if (bytes.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            return new([], null, "EOF", StatusCodes.Status400BadRequest);
        }

        if (BodyLimits.Check(bytes) is { } excess)
        {
            return new([], null, excess, StatusCodes.Status413PayloadTooLarge);
        }

        try
        {
            var options = new JsonReaderOptions { MaxDepth = 256 };
            var reader = new Utf8JsonReader(bytes, options);
            var document = JsonDocument.ParseValue(ref reader);
            if (reader.BytesConsumed < bytes.Length)
            {
                bytes = bytes[..(int)reader.BytesConsumed];
            }

            var clean = EscapedText.Clean(bytes);
            if (clean != bytes)
            {
                document.Dispose();
                reader = new Utf8JsonReader(clean, options);
                document = JsonDocument.ParseValue(ref reader);
            }

            return new(clean, document, null, 0);
        }
        catch (JsonException exception)
        {
            return new(bytes, null, Explain(bytes, exception), StatusCodes.Status400BadRequest);
        }
    }

    public void Dispose()
    {
        _document?.Dispose();
        LargeBodies.Release(Bytes.Length);
    }

    /// <summary>Words a syntax error as Go's decoder does, as far as a client could notice.</summary>
    private static string Explain(byte[] bytes, JsonException exception)
    {
        if (exception.Message.Contains("maximum configured depth", StringComparison.Ordinal))
        {
            return "exceeded max depth";
        }

        var position = Position(bytes, exception);
        if (position >= bytes.Length || IsTruncated(bytes))
        {
            return "unexpected EOF";
        }

        // The position may be the first wrong letter.
        var start = position;
        while (start > 0 && char.IsAsciiLetterLower((char)bytes[start - 1]))
        {
            start--;
        }

        foreach (var literal in (ReadOnlySpan<string>)["null", "true", "false"])
        {
            if (bytes[start] == literal[0])
            {
                for (var index = 1; index < literal.Length && start + index < bytes.Length; index++)
                {
                    if (bytes[start + index] != literal[index])
                    {
                        return $"invalid character {Quote(bytes[start + index])} in literal {literal} (expecting '{literal[index]}')";
                    }
                }
            }
        }

        return $"invalid character {Quote(bytes[position])} looking for beginning of value";
    }

    private static int Position(byte[] bytes, JsonException exception)
    {
        var start = 0;
        for (var line = exception.LineNumber ?? 0; line > 0; line--)
        {
            start += bytes.AsSpan(start).IndexOf((byte)'\n') + 1;
        }

        return start + (int)(exception.BytePositionInLine ?? 0);
    }

    // A reader that expects more input distinguishes invalid text from incomplete text.
    private static bool IsTruncated(byte[] bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
                {
                    return false;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Quote(byte character) =>
        character is >= 0x20 and < 0x7f ? $"'{(char)character}'" : $"'\\x{character:x2}'";
}
