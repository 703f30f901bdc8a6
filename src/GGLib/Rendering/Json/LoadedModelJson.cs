using System.Text.Json.Serialization;

namespace GGLib.Rendering.Json;

/// <summary>A loaded model, for scripts. Numbers are raw.</summary>
internal sealed record LoadedModelJson
{
    public required string Name { get; init; }

    public required string Digest { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>The part of it on a GPU.</summary>
    public required long GpuBytes { get; init; }

    public required string Processor { get; init; }

    public required long ContextLength { get; init; }

    /// <summary><c>starting</c> or <c>ready</c>; this and the next two are absent when the server is not gglib.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? State { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ActiveRequests { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? WaitingRequests { get; init; }

    /// <summary>Absent when the model stays for ever.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ExpiresAt { get; init; }
}
