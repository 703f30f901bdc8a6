using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GGLib.Server.Dialects.Admin;

/// <summary>The JSON of gglib's own endpoints.</summary>
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(LogEntry))]
internal sealed partial class AdminJson : JsonSerializerContext
{
    /// <summary>With names as they stand on the wire, and text readable.</summary>
    public static AdminJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
