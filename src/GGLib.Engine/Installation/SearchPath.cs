namespace GGLib.Engine.Installation;

/// <summary>The llama-servers on <c>PATH</c>.</summary>
internal static class SearchPath
{
    public static string FileName => OperatingSystem.IsWindows() ? "llama-server.exe" : "llama-server";

    public static IEnumerable<string> Candidates(string? searchPath)
    {
        foreach (var entry in (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct())
        {
            // Windows allows an entry in quotes.
            var folder = OperatingSystem.IsWindows() ? entry.Trim('"') : entry;

            // A relative entry means a different program in every working folder, and one that whoever made the folder chose.
            if (!Path.IsPathFullyQualified(folder))
            {
                continue;
            }

            var candidate = Path.Combine(folder, FileName);
            if (File.Exists(candidate))
            {
                yield return candidate;
            }
        }
    }
}
