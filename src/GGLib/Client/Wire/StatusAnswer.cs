namespace GGLib.Client.Wire;

/// <summary>What of <c>/api/gglib/status</c> a verb needs.</summary>
internal sealed record StatusAnswer
{
    /// <summary>Which library it serves; null from whoever is no gglib.</summary>
    public string? Library { get; init; }
}
