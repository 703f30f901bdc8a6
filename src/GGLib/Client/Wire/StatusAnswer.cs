namespace GGLib.Client.Wire;

/// <summary>What of <c>/api/gglib/status</c> a verb needs. Ollama has no such thing.</summary>
internal sealed record StatusAnswer
{
    /// <summary>Which library it serves; null from whoever is no gglib.</summary>
    public string? Library { get; init; }

    /// <summary>Requests that wait for a model, loaded or not.</summary>
    public int QueueLength { get; init; }

    public IReadOnlyList<StatusModel>? Models { get; init; }
}
