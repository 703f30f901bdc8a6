namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>A tool as the client declared it, found by the name that the model sees.</summary>
/// <param name="Name">The client's name for it.</param>
/// <param name="Namespace">The namespace it is in; null for none.</param>
/// <param name="IsCustom">Whether its input is free-form text instead of JSON arguments.</param>
internal sealed record DeclaredTool(string Name, string? Namespace, bool IsCustom);
