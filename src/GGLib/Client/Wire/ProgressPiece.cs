namespace GGLib.Client.Wire;

/// <summary>A line of what takes long: a step, or why it ended.</summary>
internal sealed record ProgressPiece
{
    public string? Status { get; init; }

    public string? Digest { get; init; }

    public long Total { get; init; }

    public long Completed { get; init; }

    public string? Error { get; init; }

    /// <summary>Which kind of error, by the name of a <see cref="GGLib.Catalog.Registries.TransferFault"/>; only gglib tells it, and only when asked.</summary>
    public string? Fault { get; init; }
}
