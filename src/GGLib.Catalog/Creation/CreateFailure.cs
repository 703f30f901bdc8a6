namespace GGLib.Catalog.Creation;

/// <summary>Why a model was not made.</summary>
/// <param name="Fault">Which kind.</param>
/// <param name="Message">One sentence for the user, without a full stop where Ollama's own words are kept.</param>
public sealed record CreateFailure(CreateFault Fault, string Message);
