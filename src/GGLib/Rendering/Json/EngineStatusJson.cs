using System.Text.Json.Serialization;

namespace GGLib.Rendering.Json;

/// <summary>The engine, for scripts.</summary>
internal sealed record EngineStatusJson
{
    public required bool Found { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Path { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Version { get; init; }

    /// <summary><c>configured</c>, <c>environment</c>, <c>path</c> or <c>installed</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Origin { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Backends { get; init; }

    public required IReadOnlyList<string> Gpus { get; init; }

    /// <summary>What is wrong, or what a user should know.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }
}
