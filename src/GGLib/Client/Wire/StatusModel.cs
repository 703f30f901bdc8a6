namespace GGLib.Client.Wire;

/// <summary>One model's process, as the server tells of it.</summary>
internal sealed record StatusModel
{
    public required string Name { get; init; }

    /// <summary><c>starting</c>, <c>ready</c>, <c>stopping</c> or <c>failed</c>.</summary>
    public required string Phase { get; init; }

    public int ActiveRequests { get; init; }

    public int WaitingRequests { get; init; }

    public bool Pinned { get; init; }
}
