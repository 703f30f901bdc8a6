using System.Text.RegularExpressions;

namespace FakeLlama.CommandLine;

/// <summary>llama-server's own help, cut down to the flags the fake takes; also the list of what is accepted.</summary>
internal static partial class HelpText
{
    public static string Text { get; } = Read();

    /// <summary>Each flag, and whether a value follows it.</summary>
    public static IReadOnlyDictionary<string, bool> Flags { get; } = Text.Split('\n')
        .Where(line => line.StartsWith('-') && !line.StartsWith("---", StringComparison.Ordinal))
        .SelectMany(FlagsOf)
        .ToDictionary();

    private static IEnumerable<KeyValuePair<string, bool>> FlagsOf(string line)
    {
        var declaration = Declaration().Match(line);
        var takesValue = declaration.Groups["value"].Success;
        return declaration.Groups["flag"].Captures.Select(flag => KeyValuePair.Create(flag.Value, takesValue));
    }

    // "-m,    --model FNAME                    model path to load": flags, then a value after one space, then text after many.
    [GeneratedRegex(@"^(?<flag>--?[A-Za-z][\w-]*)(?:, *(?<flag>--?[A-Za-z][\w-]*))*(?: (?<value>[^ ]\S*))?(?:  |$)")]
    private static partial Regex Declaration();

    private static string Read()
    {
        using var reader = new StreamReader(typeof(HelpText).Assembly.GetManifestResourceStream("Help.txt")!);
        return reader.ReadToEnd();
    }
}
