namespace GGLib.Client.Wire;

/// <summary>What <c>/api/show</c> is asked.</summary>
internal sealed record ShowQuestion(string Model);
