namespace GGLib.Server.Requests;

/// <summary>A prompt that is not a conversation.</summary>
/// <param name="Texts">One or more prompts, each answered separately. Exactly one unless the API accepts a list.</param>
internal sealed record RawPrompt(IReadOnlyList<PromptText> Texts)
{
    /// <summary>The text after the gap, for filling in; empty for none.</summary>
    public string Suffix { get; init; } = "";

    public static RawPrompt Of(string text) => new([new PromptText(text, null)]);
}
