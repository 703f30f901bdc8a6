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

    /// <summary>Returns a text as a JSON string with its quotes.</summary>
    public static byte[] Quote(string text)
    {
        var escaped = EscapedText.From(text);
        return [(byte)'"', .. escaped, (byte)'"'];
    }

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
