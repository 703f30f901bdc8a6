namespace GGLib.Client.Wire;

/// <summary>A model that the server has.</summary>
internal sealed record ListedModel
{
    public required string Name { get; init; }
}
