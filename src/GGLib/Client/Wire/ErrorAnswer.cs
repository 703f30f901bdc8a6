namespace GGLib.Client.Wire;

/// <summary>What every endpoint answers when it refuses.</summary>
internal sealed record ErrorAnswer
{
    public string? Error { get; init; }
}
