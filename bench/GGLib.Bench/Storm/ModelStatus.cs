namespace GGLib.Bench.Storm;

/// <summary>What gglib tells of a model.</summary>
/// <param name="Phase"><c>starting</c>, <c>ready</c>, <c>stopping</c> or <c>failed</c>.</param>
/// <param name="Active">Requests being answered.</param>
/// <param name="Process">Its child, once it is ready.</param>
internal sealed record ModelStatus(string Phase, int Active, int? Process);
