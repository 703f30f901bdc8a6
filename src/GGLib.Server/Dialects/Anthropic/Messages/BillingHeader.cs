namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>
/// The line <c>x-anthropic-billing-header: …</c> that Claude Code puts at the beginning of the system prompt. It differs in every request, so the engine would process the whole prompt again each time.
/// </summary>
internal static class BillingHeader
{
    private const string Prefix = "x-anthropic-billing-header:";

    /// <summary>The text without a billing line at its beginning; empty when there is nothing else.</summary>
    public static string Remove(string text)
    {
        while (text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            text = end < 0 ? "" : text[(end + 1)..].TrimStart('\r', '\n');
        }

        return text;
    }
}
