using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>The sampling fields of a native request without options, for display.</summary>
public static class SamplingPreview
{
    /// <summary>Returns the fields that llama-server receives.</summary>
    /// <param name="options">The model's own options, as in <see cref="ServerOptions.ModelOptions"/>.</param>
    /// <param name="contextLength">The context of one request, in tokens.</param>
    public static JsonDocument Of(JsonElement? options, int contextLength)
    {
        var given = OllamaOptions.None.Over(OllamaOptions.Parse(options, out _) ?? OllamaOptions.None);
        return JsonDocument.Parse(WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            SamplingFields.Write(writer, given, usesOllamaDefaults: true, contextLength);
            writer.WriteEndObject();
        }));
    }
}
