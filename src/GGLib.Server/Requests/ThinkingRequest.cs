namespace GGLib.Server.Requests;

/// <summary>A client's wish about thinking.</summary>
/// <param name="Enabled">Whether the model thinks; null when the client only set a level or a budget.</param>
/// <param name="Effort"><c>low</c>, <c>medium</c>, <c>high</c> or <c>max</c>; null when not given.</param>
/// <param name="BudgetTokens">The most tokens of thinking; null when not given.</param>
internal sealed record ThinkingRequest(bool? Enabled, string? Effort = null, int? BudgetTokens = null)
{
    /// <summary>Whether a model that cannot think must refuse the request. An API whose clients ask every model for thinking sets this to false.</summary>
    public bool IsDemanded { get; init; } = true;

    /// <summary>Whether this is the API's default rather than the client's own field, so that the client's template arguments override it.</summary>
    public bool IsDefault { get; init; }
}
