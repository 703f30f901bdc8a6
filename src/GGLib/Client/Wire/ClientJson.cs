using System.Text.Json;
using System.Text.Json.Serialization;

namespace GGLib.Client.Wire;

/// <summary>The part of Ollama's API that the verbs speak as a client.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(ModelsAnswer))]
[JsonSerializable(typeof(LoadedModelsAnswer))]
[JsonSerializable(typeof(ShowQuestion))]
[JsonSerializable(typeof(ShowAnswer))]
[JsonSerializable(typeof(LoadQuestion))]
[JsonSerializable(typeof(LoadAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(ChatQuestion))]
[JsonSerializable(typeof(ChatPiece))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(NameQuestion))]
[JsonSerializable(typeof(CopyQuestion))]
[JsonSerializable(typeof(CreateQuestion))]
[JsonSerializable(typeof(TransferQuestion))]
[JsonSerializable(typeof(ProgressPiece))]
internal sealed partial class ClientJson : JsonSerializerContext
{
    /// <summary>A text as JSON.</summary>
    public static JsonElement Of(string text)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStringValue(text);
        }

        return Parse(buffer.ToArray());
    }

    public static JsonElement Of(bool value) => Parse(value ? "true"u8 : "false"u8);

    public static JsonElement Of(double value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteNumberValue(value);
        }

        return Parse(buffer.ToArray());
    }

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return System.Text.Json.JsonElement.ParseValue(ref reader);
    }
}
