namespace GGLib.Acceptance.Replay;

/// <summary>Something that gglib answers otherwise than the recording.</summary>
/// <param name="Exchange">Where.</param>
/// <param name="What">The kind and the place, for example <c>extra models[].sha256</c>.</param>
/// <param name="Recorded">What Ollama said.</param>
/// <param name="Ours">What gglib says.</param>
internal sealed record Difference(Exchange Exchange, string What, string Recorded, string Ours)
{
    public override string ToString() => $"{Exchange}: {What}: recorded {Short(Recorded)}, ours {Short(Ours)}";

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "…";
}
