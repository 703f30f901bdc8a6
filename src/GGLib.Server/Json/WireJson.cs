using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GGLib.Server.Json;

/// <summary>Settings for JSON on the wire: only what JSON requires is escaped. Never embed such text in HTML.</summary>
internal static class WireJson
{
    /// <summary>The encoder of all texts.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Options of writers. Validation stays on.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Bodies may be nested 256 deep; fitted schemas and wrappers add to that.
    private static JsonDocumentOptions Composed => new() { MaxDepth = 1000 };

    /// <summary>Returns a text as a JSON string with its quotes.</summary>
    public static byte[] Quote(string text)
    {
        var escaped = EscapedText.From(text);
        return [(byte)'"', .. escaped, (byte)'"'];
    }

    /// <summary>Parses JSON that was composed from parts of a request: it is valid, and may be nested deeper than the request itself.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> json) => JsonElement.Parse(json, Composed);

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static JsonElement Parse(string json) => JsonElement.Parse(json, Composed);

    /// <summary>Returns the JSON that <paramref name="write"/> writes, as UTF-8.</summary>
    public static byte[] Compose(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
