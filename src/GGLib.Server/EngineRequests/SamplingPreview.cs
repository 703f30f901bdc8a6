using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>What a request of the native API that names no options makes of sampling; for showing to people.</summary>
public static class SamplingPreview
{
    /// <summary>The fields that llama-server is sent.</summary>
    /// <param name="options">The model's own options, as in <see cref="ServerOptions.ModelOptions"/>.</param>
    /// <param name="contextLength">The context of one request, in tokens.</param>
    public static JsonDocument Of(JsonElement? options, int contextLength)
    {
        var given = OllamaOptions.None.Over(OllamaOptions.Parse(options, out _) ?? OllamaOptions.None);
        return JsonDocument.Parse(WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            SamplingTranslation.Write(writer, given, contextLength);
            writer.WriteEndObject();
        }));
    }
}
