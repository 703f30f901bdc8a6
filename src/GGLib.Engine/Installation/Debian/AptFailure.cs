using System.Text.RegularExpressions;

namespace GGLib.Engine.Installation.Debian;

/// <summary>What apt's messages mean.</summary>
/// <param name="Reason">One sentence: what happened.</param>
/// <param name="Remedy">One sentence with the exact thing to do, where there is one.</param>
/// <param name="MirrorIsUnreachable">No other suite of the same mirror will do better.</param>
internal sealed partial record AptFailure(string Reason, string? Remedy, bool MirrorIsUnreachable)
{
    public static AptFailure From(ToolResult result, DebianMirror mirror, string suite)
    {
        if (result.StartFailure is { } start)
        {
            return new AptFailure($"apt-get does not start: {start}.", null, MirrorIsUnreachable: true);
        }

        var text = result.Error + "\n" + result.Output;
        if (Signature().IsMatch(text))
        {
            return new AptFailure(
                $"This machine's Debian keys do not know the signature of {suite} at {mirror.Uri}.",
                "Bring Debian's keys up to date with `sudo apt-get update && sudo apt-get install debian-archive-keyring`, then run gglib again.",
                MirrorIsUnreachable: false);
        }

        if (FullDisk.IsIn(text))
        {
            return new AptFailure(FullDisk.Reason, FullDisk.Remedy, MirrorIsUnreachable: true);
        }

        if (Unreachable().IsMatch(text))
        {
            return new AptFailure($"{mirror.Uri} cannot be reached: {FirstComplaint(text)}", null, MirrorIsUnreachable: true);
        }

        if (NoSuite().IsMatch(text))
        {
            return new AptFailure($"{mirror.Uri} does not carry {suite}.", null, MirrorIsUnreachable: false);
        }

        return text.Contains("Unable to locate package", StringComparison.Ordinal) || text.Contains("no installation candidate", StringComparison.Ordinal)
            ? new AptFailure($"{suite} at {mirror.Uri} does not carry llama.cpp for this CPU.", null, MirrorIsUnreachable: false)
            : new AptFailure($"apt-get failed for {suite} at {mirror.Uri}: {FirstComplaint(text)}", null, MirrorIsUnreachable: false);
    }

    private static string FirstComplaint(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var line = Array.Find(lines, static line => line.StartsWith("E: ", StringComparison.Ordinal))
            ?? Array.Find(lines, static line => line.StartsWith("W: ", StringComparison.Ordinal))
            ?? lines.LastOrDefault() ?? "it gave no reason";
        return line.EndsWith('.') ? line : line + ".";
    }

    // gpgv says NO_PUBKEY and EXPKEYSIG, sqv (apt 3) says "Missing key …, which is needed to verify signature".
    [GeneratedRegex(@"NO_PUBKEY|EXPKEYSIG|REVKEYSIG|Missing key|is not signed|signatures couldn't be verified|signatures were invalid|keyring.*(does not exist|not readable)", RegexOptions.IgnoreCase)]
    private static partial Regex Signature();

    [GeneratedRegex(@"Could not (resolve|connect)|Temporary failure resolving|Unable to connect|Connection (failed|refused|timed out)|Network is unreachable|Cannot initiate the connection|certificate verification failed|\b(407|502|503|504)\s", RegexOptions.IgnoreCase)]
    private static partial Regex Unreachable();

    [GeneratedRegex(@"does not have a Release file|\b404\s+Not Found", RegexOptions.IgnoreCase)]
    private static partial Regex NoSuite();
}
