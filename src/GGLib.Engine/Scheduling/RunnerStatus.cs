namespace GGLib.Engine.Scheduling;

/// <summary>One model's runner at a moment.</summary>
public sealed record RunnerStatus
{
    /// <summary>The model's key.</summary>
    public required string Key { get; init; }

    public required RunnerPhase Phase { get; init; }

    /// <summary>Context of one request, in tokens; 0 while it loads.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Requests being answered.</summary>
    public required int ActiveRequests { get; init; }

    /// <summary>Requests that wait for it.</summary>
    public int WaitingRequests { get; init; }

    /// <summary>Whether it stays for good.</summary>
    public bool IsPinned { get; init; }

    /// <summary>When it is unloaded if nobody asks again; null: never.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The part of the model that is in memory, 0 to 1, while it loads; null in every other phase.</summary>
    public double? LoadProgress { get; init; }

    /// <summary>Requests answered side by side; 0 while it loads.</summary>
    public int Slots { get; init; }

    /// <summary>Bytes of memory in use, on GPUs too: as the child tells them, else an estimate.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The part of it that is on GPUs.</summary>
    public long DeviceMemoryBytes { get; init; }

    /// <summary>The child's process id, once it is ready.</summary>
    public required int? ProcessId { get; init; }

    /// <summary>Why it failed; null in every other phase.</summary>
    public required string? Failure { get; init; }
}
