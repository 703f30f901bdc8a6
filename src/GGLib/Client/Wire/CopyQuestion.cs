namespace GGLib.Client.Wire;

/// <summary>A <c>/api/copy</c>.</summary>
internal sealed record CopyQuestion(string Source, string Destination);
