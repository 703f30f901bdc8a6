using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GGLib.Rendering.Json;

/// <summary>JSON for scripts whose values have no fixed types.</summary>
internal static class JsonText
{
    // As the rest of what --json prints: paths and names stay readable.
    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object.</summary>
    public static string Of(Action<Utf8JsonWriter> fields)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Readable))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
