using System.Text;
using System.Text.Json;
using GGLib.Catalog.Blobs;

namespace GGLib.Catalog.Creation;

/// <summary>The digests that Ollama's layers of text have: SHA-256 over the text, or over JSON with a line's end where the layer is JSON.</summary>
internal static class LayerDigest
{
    /// <summary>Of everything stored beside the files, in the order in which Ollama makes the layers.</summary>
    public static IEnumerable<BlobDigest> Of(ModelProfile profile)
    {
        if (profile.Template is { } template)
        {
            yield return Of(template);
        }

        if (profile.System is { } system)
        {
            yield return Of(system);
        }

        foreach (var license in profile.Licenses)
        {
            yield return Of(license);
        }

        if (profile.Parameters is { } parameters)
        {
            yield return Of(parameters.GetRawText() + "\n");
        }

        if (!profile.Messages.IsEmpty)
        {
            yield return Of(Messages(profile) + "\n");
        }
    }

    private static BlobDigest Of(string text) => BlobDigest.Of(Encoding.UTF8.GetBytes(text));

    /// <summary>The stored messages as their layer has them, without the line's end.</summary>
    public static string Messages(ModelProfile profile)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var message in profile.Messages)
            {
                writer.WriteStartObject();
                writer.WriteString("role"u8, message.Role);
                writer.WriteString("content"u8, message.Content);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
