namespace GGLib.Client.Wire;

/// <summary>A question about one model: <c>/api/delete</c>.</summary>
internal sealed record NameQuestion(string Model);
