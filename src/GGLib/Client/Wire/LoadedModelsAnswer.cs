namespace GGLib.Client.Wire;

/// <summary>What <c>/api/ps</c> answers.</summary>
internal sealed record LoadedModelsAnswer
{
    public IReadOnlyList<LoadedModel>? Models { get; init; }
}
