using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GGLib.Rendering.Json;

/// <summary>What <c>--json</c> prints.</summary>
[JsonSerializable(typeof(ModelListJson))]
[JsonSerializable(typeof(ModelJson))]
[JsonSerializable(typeof(EngineStatusJson))]
[JsonSerializable(typeof(LoadedListJson))]
[JsonSerializable(typeof(DoctorJson))]
[JsonSerializable(typeof(StoreListJson))]
[JsonSerializable(typeof(VerificationJson))]
internal sealed partial class ProgramJson : JsonSerializerContext
{
    // Paths and names stay readable: this is never put into a web page.
    private static readonly ProgramJson Readable = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Text(ModelListJson value) => JsonSerializer.Serialize(value, Readable.ModelListJson);

    public static string Text(ModelJson value) => JsonSerializer.Serialize(value, Readable.ModelJson);

    public static string Text(DoctorJson value) => JsonSerializer.Serialize(value, Readable.DoctorJson);

    public static string Text(StoreListJson value) => JsonSerializer.Serialize(value, Readable.StoreListJson);

    public static string Text(VerificationJson value) => JsonSerializer.Serialize(value, Readable.VerificationJson);

    public static string Text(EngineStatusJson value) => JsonSerializer.Serialize(value, Readable.EngineStatusJson);

    public static string Text(LoadedListJson value) => JsonSerializer.Serialize(value, Readable.LoadedListJson);
}
