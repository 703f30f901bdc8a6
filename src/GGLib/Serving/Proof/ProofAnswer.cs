namespace GGLib.Serving.Proof;

/// <summary>What one API answered to the proof.</summary>
/// <param name="Api">The API's name for people.</param>
/// <param name="Text">The answer; null when there was none.</param>
/// <param name="Tokens">Tokens generated, where the model writes.</param>
/// <param name="TokensPerSecond">How fast, where known.</param>
/// <param name="Error">Why there was no answer.</param>
internal sealed record ProofAnswer(string Api, string? Text, long? Tokens = null, double? TokensPerSecond = null, string? Error = null);
