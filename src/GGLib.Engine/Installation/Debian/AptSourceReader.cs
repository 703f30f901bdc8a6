using System.Collections.Immutable;

namespace GGLib.Engine.Installation.Debian;

/// <summary>Reads both forms of apt's sources: one line an archive (<c>.list</c>), and fields in stanzas (<c>.sources</c>).</summary>
internal static class AptSourceReader
{
    /// <summary>Every enabled source below <paramref name="folder"/> (<c>/etc/apt</c>), in apt's own order. What cannot be read is left out.</summary>
    public static ImmutableArray<AptSource> ReadAll(string folder)
    {
        var files = new List<string> { Path.Combine(folder, "sources.list") };
        var parts = Path.Combine(folder, "sources.list.d");
        if (Directory.Exists(parts))
        {
            files.AddRange(Directory.GetFiles(parts).Order(StringComparer.Ordinal));
        }

        return [.. files.SelectMany(static file => Path.GetExtension(file) switch
        {
            ".list" => ReadLines(Text(file)),
            ".sources" => ReadStanzas(Text(file)),
            _ => [], // as apt: a file with another ending is switched off
        })];
    }

    /// <summary><c>deb [signed-by=/usr/share/keyrings/x.gpg arch=amd64] http://deb.debian.org/debian trixie main contrib</c></summary>
    internal static IEnumerable<AptSource> ReadLines(string text)
    {
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Split('#')[0].Trim();
            if (!line.StartsWith("deb ", StringComparison.Ordinal) && !line.StartsWith("deb\t", StringComparison.Ordinal))
            {
                continue;
            }

            line = line[4..].TrimStart();
            string? signedBy = null;
            if (line.StartsWith('['))
            {
                var end = line.IndexOf(']');
                if (end < 0)
                {
                    continue;
                }

                signedBy = Words(line[1..end]).FirstOrDefault(static option => option.StartsWith("signed-by=", StringComparison.OrdinalIgnoreCase))?["signed-by=".Length..];
                line = line[(end + 1)..];
            }

            if (Words(line) is [var uri, var suite, .. var components])
            {
                yield return new AptSource(uri, [suite], [.. components], signedBy);
            }
        }
    }

    internal static IEnumerable<AptSource> ReadStanzas(string text)
    {
        foreach (var stanza in Stanzas(text))
        {
            if (stanza.GetValueOrDefault("enabled")?.Trim().ToUpperInvariant() is "NO" or "FALSE" or "OFF" or "0"
                || !Words(stanza.GetValueOrDefault("types") ?? "").Contains("deb"))
            {
                continue;
            }

            foreach (var uri in Words(stanza.GetValueOrDefault("uris") ?? ""))
            {
                yield return new AptSource(
                    uri,
                    [.. Words(stanza.GetValueOrDefault("suites") ?? "")],
                    [.. Words(stanza.GetValueOrDefault("components") ?? "")],
                    stanza.GetValueOrDefault("signed-by"));
            }
        }
    }

    private static IEnumerable<Dictionary<string, string>> Stanzas(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? last = null;
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd();
            if (line.StartsWith('#'))
            {
                continue;
            }

            if (line.Length == 0)
            {
                if (fields.Count > 0)
                {
                    yield return fields;
                }

                fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                last = null;
            }
            else if (char.IsWhiteSpace(line[0]))
            {
                if (last is not null)
                {
                    fields[last] += "\n" + line;
                }
            }
            else if (line.IndexOf(':') is > 0 and var colon)
            {
                last = line[..colon].Trim();
                fields[last] = line[(colon + 1)..].Trim();
            }
        }

        if (fields.Count > 0)
        {
            yield return fields;
        }
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
