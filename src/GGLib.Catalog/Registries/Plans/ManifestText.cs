using System.Buffers;
using System.Text.Json;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>Writes manifests in the registry's form.</summary>
internal static class ManifestText
{
    /// <summary>The manifest of these files, of which at most one is the configuration. The same files give the same bytes.</summary>
    public static byte[] Of(IEnumerable<PulledFile> files)
    {
        var all = files.ToList();
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schemaVersion"u8, 2);
            writer.WriteString("mediaType"u8, MediaTypes.Manifest);
            if (all.Find(static file => file.Role is PulledRole.Config) is { } config)
            {
                writer.WritePropertyName("config"u8);
                WriteLayer(writer, config);
            }

            writer.WriteStartArray("layers"u8);
            foreach (var file in all.Where(static file => file.Role is not PulledRole.Config))
            {
                WriteLayer(writer, file);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return text.WrittenSpan.ToArray();
    }

    private static void WriteLayer(Utf8JsonWriter writer, PulledFile file)
    {
        writer.WriteStartObject();
        writer.WriteString("mediaType"u8, file.MediaType);
        writer.WriteString("digest"u8, file.Digest.ToString());
        writer.WriteNumber("size"u8, file.SizeBytes);
        writer.WriteEndObject();
    }
}
