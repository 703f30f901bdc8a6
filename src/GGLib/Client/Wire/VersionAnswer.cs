namespace GGLib.Client.Wire;

/// <summary>What <c>/api/version</c> answers.</summary>
internal sealed record VersionAnswer
{
    public required string Version { get; init; }
}
