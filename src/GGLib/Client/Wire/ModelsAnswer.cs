namespace GGLib.Client.Wire;

/// <summary>What <c>/api/tags</c> answers.</summary>
internal sealed record ModelsAnswer
{
    public IReadOnlyList<ListedModel>? Models { get; init; }
}
