using System.Collections.Immutable;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>A model's files as they are now, or what is wrong with them.</summary>
internal sealed record ModelReading
{
    /// <summary><see cref="AddOutcome.Added"/> when it can be used.</summary>
    public required AddOutcome Outcome { get; init; }

    /// <summary>One sentence when it cannot be used.</summary>
    public string? Problem { get; init; }

    /// <summary>The files there are, weights first.</summary>
    public ImmutableArray<CatalogFile> Files { get; init; } = [];

    /// <summary>The facts of model and projector together; null when it cannot be used.</summary>
    public ModelFacts? Facts { get; init; }

    /// <param name="path">The model's path, of a split one the first part's.</param>
    /// <param name="projector">How it comes to its projector.</param>
    /// <param name="profile">What is stored beside the files: its adapters and draft model are files of the model.</param>
    /// <param name="headers">The headers of the present piece of work.</param>
    public static ModelReading Of(string path, ProjectorChoice projector, ModelProfile profile, FolderHeaders headers)
    {
        // Stamps before contents: a file that changes in between looks changed the next time.
        var files = ImmutableArray.CreateBuilder<CatalogFile>();
        foreach (var part in SplitFileName.PartsOf(path))
        {
            if (FileStamp.Of(part) is not { } stamp)
            {
                return new() { Outcome = AddOutcome.NotFound, Problem = Missing(path, part) };
            }

            files.Add(new CatalogFile(part, FileRole.Weights, stamp.SizeBytes, stamp.ModifiedAt));
        }

        if (projector.Path is { } named)
        {
            if (FileStamp.Of(named) is not { } stamp)
            {
                return new() { Outcome = AddOutcome.NotFound, Problem = $"There is no projector '{named}'{Advice(named)}." };
            }

            files.Add(new CatalogFile(named, FileRole.Projector, stamp.SizeBytes, stamp.ModifiedAt));
        }

        var (facts, outcome, problem) = Weights([.. files.Where(static file => file.Role is FileRole.Weights).Select(static file => file.Path)], headers);
        if (facts is not null && projector.Path is { } chosen && headers.Read(chosen) is var header && header.Facts?.Kind is not ModelFileKind.Projector)
        {
            (outcome, problem) = header.Problem is { } reason
                ? (AddOutcome.NotGguf, $"The projector '{chosen}' cannot be used: {reason}")
                : (AddOutcome.NotAModel, $"'{chosen}' is not a projector.");
            facts = null;
        }

        if (facts is null)
        {
            return new() { Outcome = outcome, Problem = problem, Files = files.ToImmutable() };
        }

        if (projector.IsAutomatic && ProjectorPairing.Find(path, headers.Read(path), headers) is { } found && FileStamp.Of(found) is { } foundStamp)
        {
            files.Add(new CatalogFile(found, FileRole.Projector, foundStamp.SizeBytes, foundStamp.ModifiedAt));
        }

        foreach (var (companion, role) in Companions(profile))
        {
            if (FileStamp.Of(companion) is not { } stamp)
            {
                return new() { Outcome = AddOutcome.NotFound, Problem = $"There is no {(role is FileRole.Adapter ? "adapter" : "draft model")} '{companion}'{Advice(companion)}." };
            }

            files.Add(new CatalogFile(companion, role, stamp.SizeBytes, stamp.ModifiedAt));
        }

        var attached = files.FirstOrDefault(static file => file.Role is FileRole.Projector);
        return new()
        {
            Outcome = AddOutcome.Added,
            Files = files.ToImmutable(),
            Facts = attached is not null && headers.Read(attached.Path).Facts is { } sees ? facts.With(sees) : facts,
        };
    }

    /// <summary>Whether a file that the model cannot do without is not there.</summary>
    public static bool IsIncomplete(string path, ProjectorChoice projector, ModelProfile profile) =>
        SplitFileName.PartsOf(path).Any(static part => FileStamp.Of(part) is null) || (projector.Path is { } named && FileStamp.Of(named) is null)
        || Companions(profile).Any(static companion => FileStamp.Of(companion.Path) is null);

    private static IEnumerable<(string Path, FileRole Role)> Companions(ModelProfile profile) =>
        profile.Adapters.Select(static path => (path, FileRole.Adapter)).Concat(profile.Draft is { } draft ? [(draft, FileRole.Draft)] : []);

    private static (ModelFacts? Facts, AddOutcome Outcome, string? Problem) Weights(string[] parts, FolderHeaders headers)
    {
        var read = parts.Select(headers.Read).ToArray();
        if (Array.FindIndex(read, static header => header.Facts is null) is >= 0 and var bad)
        {
            return (null, AddOutcome.NotGguf, $"'{parts[bad]}' cannot be used: {read[bad].Problem}");
        }

        ModelFacts facts;
        try
        {
            // Of a split model the parts are held against each other.
            facts = parts.Length == 1 ? read[0].Facts! : ModelFacts.From(GgufSet.Read(parts[0]));
        }
        catch (Exception exception) when (exception is GgufException or IOException or UnauthorizedAccessException)
        {
            return (null, AddOutcome.NotGguf, $"'{parts[0]}' cannot be used: {exception.Message}");
        }

        return facts.Kind is not ModelFileKind.Model
            ? (null, AddOutcome.NotAModel, $"'{parts[0]}' is not a model by itself: {Describe(facts.Kind)}.")
            : parts.Length == 1 && facts.SplitCount > 1
                ? (null, AddOutcome.NotGguf, $"'{parts[0]}' cannot be used: it is the first of {facts.SplitCount} parts, and its name has to end in -00001-of-{facts.SplitCount:D5}.gguf.")
                : (facts, AddOutcome.Added, null);
    }

    private static string Missing(string path, string part) =>
        SplitFileName.IsPart(path) && FileStamp.Of(path) is not null | SplitFileName.PartsOf(path).Skip(1).Take(99).Any(static other => FileStamp.Of(other) is not null)
            ? $"'{path}' is incomplete: its part '{part}' is not there{Advice(part)}."
            : $"There is no file '{part}'{Advice(part)}.";

    // The system gave a name that is no text, and what stands for its bytes here names nothing.
    private static string Advice(string path) => path.Contains('\uFFFD') ? " (its name is not valid UTF-8: rename it)" : "";

    private static string Describe(ModelFileKind kind) => kind switch
    {
        ModelFileKind.Projector => "it is a projector (mmproj), which goes with a model",
        ModelFileKind.Adapter => "it is an adapter (LoRA), which goes with a model",
        _ => "it holds no model",
    };
}
