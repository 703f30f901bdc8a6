namespace GGLib.Acceptance.Scheduling;

/// <summary>A whole answer's text (an embedding's numbers), or the message of a well-formed error. Exactly one is given.</summary>
internal sealed record Reply(string? Text, string? Error);
