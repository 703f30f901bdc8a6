using System.Collections.Immutable;
using System.Globalization;

namespace GGLib.Gguf;

/// <summary>
/// A model as it lies on disk: one file, or the parts it was split into (<c>NAME-00001-of-00003.gguf</c>), their headers read and
/// checked against each other. Immutable.
/// </summary>
public sealed class GgufSet
{
    private const string CountKey = "split.count";
    private const string NumberKey = "split.no";
    private const string TensorsKey = "split.tensors.count";

    private GgufSet(ImmutableArray<string> paths, ImmutableArray<GgufFile> parts) => (Paths, Parts) = (paths, parts);

    /// <summary>The files, in order.</summary>
    public ImmutableArray<string> Paths { get; }

    /// <summary>The headers, in the same order. All metadata but the parts' own numbers is in the first.</summary>
    public ImmutableArray<GgufFile> Parts { get; }

    /// <summary>The first part, or the only file.</summary>
    public GgufFile First => Parts[0];

    /// <summary>The elements of all parts' tensors, at most <see cref="long.MaxValue"/>.</summary>
    public long ParameterCount => Parts.Aggregate(0L, static (sum, part) => SaturatingMath.Add(sum, part.ParameterCount));

    /// <summary>Reads the headers of a model's files, given any of its parts.</summary>
    /// <exception cref="GgufException">A part is missing, is not a GGUF file that can be read, or does not belong to the others: the message names it.</exception>
    /// <exception cref="IOException">A file is not there (of a model in one file) or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read, or is a folder.</exception>
    public static GgufSet Read(string path, GgufReadOptions options = GgufReadOptions.None)
    {
        ImmutableArray<string> paths = [.. SplitFileName.PartsOf(path)];
        if (paths is [var only])
        {
            var file = GgufFile.Read(only, options);
            RequireWhole(only, file);
            return new(paths, [file]);
        }

        var missing = paths.IndexOf(paths.FirstOrDefault(static part => !File.Exists(part))!);
        if (missing >= 0)
        {
            throw new GgufException($"Part {missing + 1} of {paths.Length} of the model is missing: '{paths[missing]}'.");
        }

        var parts = ImmutableArray.CreateBuilder<GgufFile>(paths.Length);
        for (var number = 0; number < paths.Length; number++)
        {
            var part = ReadPart(paths, number, options);
            RequirePart(paths, number, part, parts.Count > 0 ? parts[0] : part);
            parts.Add(part);
        }

        RequireAllTensors(paths, parts);
        return new(paths, parts.MoveToImmutable());
    }

    private static GgufFile ReadPart(ImmutableArray<string> paths, int number, GgufReadOptions options)
    {
        try
        {
            return GgufFile.Read(paths[number], options);
        }
        catch (GgufException exception)
        {
            throw new GgufException($"Part {number + 1} of {paths.Length}, '{Path.GetFileName(paths[number])}', cannot be read: {exception.Message}", exception);
        }
    }

    // llama-server finds the other parts by the first one's name, so a part under another name is of no use.
    private static void RequireWhole(string path, GgufFile file)
    {
        if (file.Metadata.Integer(CountKey) is > 1 and var count)
        {
            var part = Math.Max(0, file.Metadata.Integer(NumberKey) ?? 0) + 1;
            throw new GgufException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{Path.GetFileName(path)}' is part {part} of a model split into {count} files, but its name does not end in -{part:D5}-of-{count:D5}.gguf, by which the other parts are found."));
        }
    }

    private static void RequirePart(ImmutableArray<string> paths, int number, GgufFile part, GgufFile first)
    {
        var name = Path.GetFileName(paths[number]);
        var metadata = part.Metadata;
        if (metadata.Integer(CountKey) is not { } count || metadata.Integer(NumberKey) is not { } no)
        {
            throw new GgufException($"'{name}' is not a part of a split model: it has no {CountKey} and {NumberKey}.");
        }

        if (count != paths.Length)
        {
            throw new GgufException($"'{name}' belongs to another model: it is one of {count} parts, not of {paths.Length}.");
        }

        if (no != number)
        {
            throw new GgufException($"'{name}' is not what its name says: it is part {SaturatingMath.Add(no, 1)} of {count}, not part {number + 1}.");
        }

        if (metadata.Integer(TensorsKey) is not { } tensors || tensors != first.Metadata.Integer(TensorsKey))
        {
            throw new GgufException($"'{name}' belongs to another model: its {TensorsKey} is not that of the first part.");
        }

        // Only the first part of a set has an architecture; where others carry one too, it must be the same.
        if (metadata.Text("general.architecture") is { } architecture && architecture != first.Metadata.Text("general.architecture"))
        {
            throw new GgufException($"'{name}' belongs to another model: its architecture is not that of the first part.");
        }
    }

    private static void RequireAllTensors(ImmutableArray<string> paths, ImmutableArray<GgufFile>.Builder parts)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var number = 0; number < parts.Count; number++)
        {
            if (parts[number].Tensors.FirstOrDefault(tensor => !names.Add(tensor.Name)) is { } twice)
            {
                throw new GgufException($"'{Path.GetFileName(paths[number])}' belongs to another model: its tensor '{GgufException.Shown(twice.Name)}' is in an earlier part too.");
            }
        }

        if (parts[0].Metadata.Integer(TensorsKey) is { } expected && expected != names.Count)
        {
            throw new GgufException($"The {paths.Length} parts of '{Path.GetFileName(paths[0])}' have {names.Count} tensors together, not the {expected} that {TensorsKey} says.");
        }
    }
}
