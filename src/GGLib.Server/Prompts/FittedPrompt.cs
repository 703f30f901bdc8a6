using GGLib.Server.Failures;
using GGLib.Server.Requests;

namespace GGLib.Server.Prompts;

/// <summary>A conversation made to fit the context: exactly one of the three is set.</summary>
/// <param name="Messages">The remaining messages, which fit.</param>
/// <param name="Tokens">The tokens of the messages that must remain, which do not fit.</param>
/// <param name="Failure">Why the conversation could not be tokenized.</param>
internal readonly record struct FittedPrompt(IReadOnlyList<ChatMessage>? Messages, int[]? Tokens, InferenceFailure? Failure);
