using System.Collections.Immutable;
using System.Text.RegularExpressions;
using GGLib.Gguf;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>The models among the files of a repository, and which of them is meant.</summary>
internal sealed partial class HubFiles
{
    // What most people want first: the usual compromise, its smaller neighbours, then what is better, then what is worse, then what is huge.
    private static readonly ImmutableArray<string> Preferred =
    [
        "Q4_K_M", "Q4_K_S", "Q4_K_XL", "Q4_K_L", "IQ4_NL", "IQ4_XS", "Q4_0", "Q4_1", "MXFP4", "MXFP4_MOE", "Q5_K_M", "Q5_K_S", "Q5_K_XL", "Q5_0", "Q5_1", "Q6_K", "Q8_0",
        "Q3_K_L", "Q3_K_M", "Q3_K_S", "IQ3_M", "IQ3_S", "Q2_K", "F16", "FP16", "BF16", "F32",
    ];

    private static readonly ImmutableArray<string> PreferredProjector = ["F16", "FP16", "BF16"];

    // Longer ones are something else: any repository may have a file of such a name.
    private const long MostTextBytes = 1 << 20;

    private readonly Dictionary<string, HubEntry> _files;

    public HubFiles(IReadOnlyCollection<HubEntry> entries)
    {
        Texts = [.. entries
            .Where(static entry => entry is { Type: "file", Lfs: null, Size: > 0 and <= MostTextBytes } && TextRole(entry.Path) is not null)
            .DistinctBy(static entry => entry.Path, StringComparer.Ordinal)
            .OrderBy(static entry => TextRole(entry.Path))
            .Select(static entry => (TextRole(entry.Path)!.Value, entry))];
        _files = entries
            .Where(static entry => entry is { Type: "file", Path: not null } && entry.Path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && IsSafe(entry.Path))
            .DistinctBy(static entry => entry.Path, StringComparer.Ordinal)
            .ToDictionary(static entry => entry.Path!, StringComparer.Ordinal);
        Models = [.. _files.Keys
            .Where(static path => !ProjectorName.IsProjector(path) && !NameOf(path).Contains("imatrix", StringComparison.OrdinalIgnoreCase) && !SplitFileName.IsLaterPart(path))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>The paths that stand for models: whole files, and the first parts of split ones.</summary>
    public ImmutableArray<string> Models { get; }

    /// <summary>What the repository says about its models in the files <c>template</c>, <c>system</c> and <c>params</c> of its root, as the Hub documents for Ollama's users.</summary>
    public ImmutableArray<(PulledRole Role, HubEntry Entry)> Texts { get; }

    /// <summary>The labels of all models, as a user would name them.</summary>
    public IEnumerable<string> Labels => Models.Select(LabelOf).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>The model that a user names, by quantisation or by file; null when there is none such.</summary>
    public string? Find(string wanted) =>
        Models.FirstOrDefault(path => path.Equals(wanted, StringComparison.OrdinalIgnoreCase))
        ?? Models.FirstOrDefault(path => NameOf(path).Equals(wanted, StringComparison.OrdinalIgnoreCase) || (_files.ContainsKey(wanted) && FirstOf(wanted) == path))
        ?? Models.FirstOrDefault(path => LabelOf(path).Equals(wanted, StringComparison.OrdinalIgnoreCase))
        ?? Models.FirstOrDefault(path => WithoutPrefix(LabelOf(path)).Equals(wanted, StringComparison.OrdinalIgnoreCase))
        ?? Models.FirstOrDefault(path => EndsWith(SplitFileName.WithoutPart(Path.GetFileNameWithoutExtension(NameOf(path))), wanted));

    /// <summary>The model that a user most likely wants; null when there is none.</summary>
    public string? Best() =>
        Models.OrderBy(static path => Rank(Preferred, WithoutPrefix(LabelOf(path)))).ThenBy(static path => LabelOf(path).Length).ThenBy(static path => path, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>All files of a model in order; null when parts of it are missing.</summary>
    public ImmutableArray<HubEntry>? PartsOf(string model)
    {
        var parts = ImmutableArray.CreateBuilder<HubEntry>();
        foreach (var path in SplitFileName.PartsOf(model))
        {
            if (!_files.TryGetValue(Slashed(path), out var entry))
            {
                return null;
            }

            parts.Add(entry);
        }

        return parts.ToImmutable();
    }

    /// <summary>The projector to go with a model; null when the repository has none. One in the same folder goes before others.</summary>
    public HubEntry? Projector(string model) =>
        _files.Values
            .Where(static entry => ProjectorName.IsProjector(entry.Path!))
            .OrderBy(entry => FolderOf(entry.Path!) == FolderOf(model) ? 0 : 1)
            .ThenBy(static entry => Rank(PreferredProjector, LabelOf(entry.Path!)))
            .ThenBy(static entry => entry.Path, StringComparer.Ordinal)
            .FirstOrDefault();

    /// <summary>The quantisation in a file's name, <c>Q4_K_M</c>, or the name's stem where there is none.</summary>
    public static string LabelOf(string path)
    {
        var stem = SplitFileName.WithoutPart(Path.GetFileNameWithoutExtension(NameOf(path)));
        return Quantization().Match(stem) is { Success: true } match ? match.Groups["label"].Value.ToUpperInvariant() : stem;
    }

    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static PulledRole? TextRole(string? path) => path switch
    {
        "template" => PulledRole.Template,
        "system" => PulledRole.System,
        "params" => PulledRole.Parameters,
        _ => null,
    };

    private static int Rank(ImmutableArray<string> order, string label) => order.IndexOf(label) is >= 0 and var rank ? rank : order.Length;

    private static string WithoutPrefix(string label) => label.StartsWith("UD-", StringComparison.Ordinal) ? label[3..] : label;

    private static bool EndsWith(string stem, string wanted) =>
        stem.Length > wanted.Length && stem.EndsWith(wanted, StringComparison.OrdinalIgnoreCase) && stem[^(wanted.Length + 1)] is '-' or '_' or '.';

    private static string FirstOf(string path) => Slashed(SplitFileName.FirstOf(path));

    private static string Slashed(string path) => path.Replace('\\', '/');

    private static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];

    /// <summary>A name that a server sent becomes a file's name here.</summary>
    private static bool IsSafe(string path) =>
        path.Length < 1024 && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl) && path.Split('/').All(static part => part is not ("" or "." or "..")) && !path.Contains(':', StringComparison.Ordinal);

    [GeneratedRegex("(^|[-_.])(?<label>(UD-)?(I?Q[0-9]+(_[A-Z0-9]+)*|TQ[0-9]_[0-9]|MXFP4(_MOE)?|BF16|FP?16|FP?32))$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Quantization();
}
