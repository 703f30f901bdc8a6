namespace GGLib.Client.Wire;

/// <summary>What that answers.</summary>
internal sealed record LoadAnswer
{
    public bool Done { get; init; }
}
