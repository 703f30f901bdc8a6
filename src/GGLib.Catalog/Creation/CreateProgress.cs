namespace GGLib.Catalog.Creation;

/// <summary>A step of making a model, in the words of Ollama's progress objects.</summary>
/// <param name="Status">What is being done.</param>
/// <param name="Digest">What it is done to; null when that has no digest.</param>
/// <param name="Total">Bytes in all; 0 when they are not counted.</param>
/// <param name="Completed">Bytes done.</param>
public sealed record CreateProgress(string Status, string? Digest = null, long Total = 0, long Completed = 0);
