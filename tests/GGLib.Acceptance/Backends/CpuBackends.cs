using System.Text.RegularExpressions;

namespace GGLib.Acceptance.Backends;

/// <summary>
/// The CPU backends of an installed engine: <c>libggml-cpu-NAME.so</c>, one for each generation of processors. ggml loads the best that the processor supports,
/// and each computes slightly different numbers.
/// </summary>
internal static partial class CpuBackends
{
    /// <summary>Stands for the oldest backend that the processor supports.</summary>
    public const string Oldest = "oldest";

    // x86 by the instructions that ggml compiles them for. Names that are not listed, such as those of Arm, sort by themselves: armv8.0_1, armv8.2_1, armv8.6_1.
    private static readonly string[] ByAge =
        ["x64", "sse42", "sandybridge", "ivybridge", "piledriver", "haswell", "alderlake", "skylakex", "cannonlake", "cascadelake", "cooperlake", "icelake", "zen4", "sapphirerapids"];

    /// <summary>The names of all backends below a folder, the oldest first.</summary>
    public static IReadOnlyList<string> In(string folder) => ByAgeOf(Files(folder).Select(NameOf));

    public static IReadOnlyList<string> ByAgeOf(IEnumerable<string> names) =>
        [.. names.Distinct().OrderBy(static name => Array.IndexOf(ByAge, name) is var age && age < 0 ? ByAge.Length : age).ThenBy(static name => name, StringComparer.Ordinal)];

    /// <summary>The backends to try for a choice, in order. Throws, with the names that exist, for one that does not.</summary>
    public static IReadOnlyList<string> Candidates(IReadOnlyList<string> names, string choice)
    {
        IReadOnlyList<string> candidates = choice == Oldest ? names : [.. names.Where(name => name == choice)];
        return candidates.Count > 0
            ? candidates
            : throw new InvalidOperationException($"The engine has no CPU backend '{choice}'. It has: {(names.Count > 0 ? string.Join(", ", names) : "one that is not chosen at run time")}.");
    }

    /// <summary>Removes every backend but one.</summary>
    public static void KeepOnly(string folder, string name)
    {
        foreach (var file in Files(folder).Where(file => NameOf(file) != name).ToArray())
        {
            File.Delete(file);
        }
    }

    /// <summary>The names in a text, such as the engine's log or a process's memory map.</summary>
    public static IReadOnlyList<string> NamedIn(string text) => [.. Name().Matches(text).Select(static match => match.Groups["name"].Value).Distinct()];

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "libggml-cpu-*.so", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Where(static file => Name().IsMatch(file));

    private static string NameOf(string file) => Name().Match(file).Groups["name"].Value;

    [GeneratedRegex(@"libggml-cpu-(?<name>[A-Za-z0-9_.]+)\.so")]
    private static partial Regex Name();
}
