namespace GGLib.Server.Requests;

/// <summary>One prompt: text or token ids, exactly one of the two.</summary>
internal readonly record struct PromptText(string? Text, IReadOnlyList<int>? Tokens);
