using GGLib.Server.Inference;
using GGLib.Server.Requests;

namespace GGLib.Server.Prompts;

/// <summary>How a conversation was made to fit: exactly one of the three.</summary>
/// <param name="Messages">What is left of it and fits.</param>
/// <param name="Tokens">The tokens of what must be left, which does not fit.</param>
/// <param name="Problem">Why nothing can be said.</param>
internal readonly record struct FittedPrompt(IReadOnlyList<ChatMessage>? Messages, int[]? Tokens, EngineProblem? Problem);
