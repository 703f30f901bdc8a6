using System.Text.Json.Serialization;

namespace GGLib.Server.Dialects.Admin;

/// <summary>The response of <c>GET /api/gglib/status</c>.</summary>
internal sealed record ServerStatus
{
    /// <summary>gglib's own version.</summary>
    public required string Version { get; init; }

    /// <summary>The version of Ollama's API that the server implements.</summary>
    public required string OllamaVersion { get; init; }

    /// <summary>Identifies the library, so that a command can check that the server uses the same one; null if it is not stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required string? Library { get; init; }

    public required double UptimeSeconds { get; init; }

    /// <summary>The llama-server that runs the models; null if unknown.</summary>
    public required EngineStatus? Engine { get; init; }

    /// <summary>Requests that wait for a model.</summary>
    public required int QueueLength { get; init; }

    /// <summary>Bytes that all models together may use, as last measured; null before the first load.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Counts of checked tool calls since the server started.</summary>
    public required ToolCallStatus ToolCalls { get; init; }

    /// <summary>Models with a process, and models whose last process failed.</summary>
    public required IReadOnlyList<ModelStatus> Models { get; init; }
}

/// <summary>The llama-server in use.</summary>
internal sealed record EngineStatus(string Path, string Version);

/// <summary>Counts of tool calls that were checked.</summary>
/// <param name="Repaired">Invalid calls that were replaced by valid ones.</param>
/// <param name="Unrepaired">Invalid calls that the client received.</param>
/// <param name="EndedLoops">Turns that were ended because the model repeated a call.</param>
internal sealed record ToolCallStatus(long Repaired, long Unrepaired, long EndedLoops);

/// <summary>One model's process.</summary>
internal sealed record ModelStatus
{
    public required string Name { get; init; }

    /// <summary><c>starting</c>, <c>ready</c>, <c>stopping</c> or <c>failed</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>0 to 1, while it loads.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required double? LoadProgress { get; init; }

    /// <summary>Bytes in total, including GPU memory.</summary>
    public required long Memory { get; init; }

    /// <summary>Bytes on GPUs.</summary>
    public required long DeviceMemory { get; init; }

    /// <summary>Context of one request in tokens; 0 while it loads.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Requests that are answered in parallel; 0 while it loads.</summary>
    public required int Slots { get; init; }

    public required int ActiveRequests { get; init; }

    /// <summary>Requests that wait for it.</summary>
    public int WaitingRequests { get; init; }

    /// <summary>Whether it stays loaded forever.</summary>
    public bool Pinned { get; init; }

    /// <summary>When it is unloaded if no request arrives; null for never.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    public required int? ProcessId { get; init; }

    /// <summary>Why it failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required string? Failure { get; init; }
}
