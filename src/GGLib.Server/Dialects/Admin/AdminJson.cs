using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GGLib.Server.Dialects.Admin;

/// <summary>The JSON of gglib's own endpoints.</summary>
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(LogEntry))]
internal sealed partial class AdminJson : JsonSerializerContext
{
    /// <summary>The context with snake_case names and relaxed escaping.</summary>
    public static AdminJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
