namespace GGLib.Bench.Storm;

/// <summary>What was wrong with an answer.</summary>
/// <param name="IsWellFormed">Whether it was an error in the API's own form.</param>
/// <param name="Text">The error, or what was found instead.</param>
internal sealed record StormFault(bool IsWellFormed, string Text);
