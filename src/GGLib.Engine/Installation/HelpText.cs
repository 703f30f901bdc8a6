using System.Collections.Frozen;
using System.Collections.Immutable;

namespace GGLib.Engine.Installation;

/// <summary>Reads the flags out of llama-server's <c>--help</c>.</summary>
internal static class HelpText
{
    /// <summary>
    /// Every flag a line introduces: <c>-kvu,  --kv-unified, -no-kvu, --no-kv-unified   use …</c> gives four. Only lines that begin
    /// with a dash in the first column introduce flags; explanations are indented and mention other flags freely.
    /// </summary>
    public static FrozenSet<string> Flags(string help)
    {
        var flags = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in help.AsSpan().EnumerateLines())
        {
            var rest = line;
            while (rest.Length > 1 && rest[0] == '-')
            {
                var end = rest.IndexOfAny(" ,=\t");
                var flag = end < 0 ? rest : rest[..end];

                // Headings are drawn with dashes: "----- common params -----".
                if (flag.TrimStart('-').Length == 0)
                {
                    break;
                }

                flags.Add(flag.ToString());
                if (end < 0 || rest[end] != ',')
                {
                    break;
                }

                rest = rest[(end + 1)..].TrimStart();
            }
        }

        return flags.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// The words that a flag may be given, where its line lists them: <c>--spec-type none,draft-simple,…</c>. Empty when there is no such line.
    /// </summary>
    public static ImmutableArray<string> Words(string help, string flag)
    {
        foreach (var line in help.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(flag + " ", StringComparison.Ordinal))
            {
                var rest = line[flag.Length..].TrimStart();
                var end = rest.IndexOf(' ');
                return [.. (end < 0 ? rest : rest[..end]).Trim("{}[]").ToString().Split(',', '|')];
            }
        }

        return [];
    }
}
