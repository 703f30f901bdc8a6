using System.Text.Json.Serialization;

namespace GGLib.Server.Dialects.Admin;

/// <summary>What <c>GET /api/gglib/status</c> answers.</summary>
internal sealed record ServerStatus
{
    /// <summary>gglib's own version.</summary>
    public required string Version { get; init; }

    /// <summary>The version of Ollama's API that is spoken.</summary>
    public required string OllamaVersion { get; init; }

    /// <summary>Tells the verbs whether it serves the library that they see; null when it is not stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required string? Library { get; init; }

    public required double UptimeSeconds { get; init; }

    /// <summary>The llama-server that runs the models; null when the server was not told.</summary>
    public required EngineStatus? Engine { get; init; }

    /// <summary>Requests that wait for a model.</summary>
    public required int QueueLength { get; init; }

    /// <summary>Bytes that all models together may take, as last looked at; null before the first load.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Models that have a process, and those whose last one failed.</summary>
    public required IReadOnlyList<ModelStatus> Models { get; init; }
}

/// <summary>The llama-server in use.</summary>
internal sealed record EngineStatus(string Path, string Version);

/// <summary>One model's process.</summary>
internal sealed record ModelStatus
{
    public required string Name { get; init; }

    /// <summary><c>starting</c>, <c>ready</c>, <c>stopping</c> or <c>failed</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>0 to 1, while it loads.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required double? LoadProgress { get; init; }

    /// <summary>Bytes, on GPUs too.</summary>
    public required long Memory { get; init; }

    /// <summary>Bytes on GPUs.</summary>
    public required long DeviceMemory { get; init; }

    /// <summary>Tokens of one request; 0 while it loads.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Requests answered side by side; 0 while it loads.</summary>
    public required int Slots { get; init; }

    public required int ActiveRequests { get; init; }

    /// <summary>Requests that wait for it.</summary>
    public int WaitingRequests { get; init; }

    /// <summary>Whether it stays for good.</summary>
    public bool Pinned { get; init; }

    /// <summary>When it is unloaded if nobody asks again; null: never.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    public required int? ProcessId { get; init; }

    /// <summary>Why it failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required string? Failure { get; init; }
}
