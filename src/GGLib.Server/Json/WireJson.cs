using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GGLib.Server.Json;

/// <summary>How JSON is written on the wire: nothing escaped that need not be. Never put such text inside HTML.</summary>
internal static class WireJson
{
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>For text we compose ourselves; validation stays on.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A JSON string, quotes included.</summary>
    public static byte[] Quote(string text)
    {
        var escaped = EscapedText.From(text);
        return [(byte)'"', .. escaped, (byte)'"'];
    }

    /// <summary>The UTF-8 of what <paramref name="write"/> writes.</summary>
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
