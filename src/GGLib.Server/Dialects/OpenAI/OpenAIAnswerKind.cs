namespace GGLib.Server.Dialects.OpenAI;

/// <summary>The names that an endpoint uses in its answers.</summary>
/// <param name="IdPrefix">The start of an answer's id.</param>
/// <param name="Whole">The <c>object</c> of a whole answer.</param>
/// <param name="Chunk">The <c>object</c> of an event.</param>
internal sealed record OpenAIAnswerKind(string IdPrefix, string Whole, string Chunk)
{
    public static OpenAIAnswerKind Chat { get; } = new("chatcmpl-", "chat.completion", "chat.completion.chunk");

    public static OpenAIAnswerKind Text { get; } = new("cmpl-", "text_completion", "text_completion");
}
