using System.Collections.Immutable;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>Turns files and rows into models of the catalog.</summary>
internal static class ModelCandidate
{
    /// <summary>A model out of a file that somebody wants to add, or the reason why not.</summary>
    public static CatalogModel? From(string path, ModelName name, ProjectorChoice projector, ModelProfile profile, DateTimeOffset now, FolderHeaders headers, out AddResult? refusal)
    {
        refusal = null;
        if (Directory.Exists(path))
        {
            refusal = new(AddOutcome.NotGguf, path, $"'{path}' is a folder: name the .gguf file in it.");
            return null;
        }

        var reading = ModelReading.Of(path, projector, profile, headers);
        if (reading.Facts is not { } facts)
        {
            refusal = new(reading.Outcome, path, reading.Problem!);
            return null;
        }

        return Model(name, path, projector, profile, reading.Files, now, facts);
    }

    /// <summary>The model as its files are now.</summary>
    public static CatalogModel LookAgain(CatalogModel model, FolderHeaders headers, DateTimeOffset now)
    {
        var reading = ModelReading.Of(model.Path, model.Projector, model.Profile, headers);
        return reading.Outcome is AddOutcome.NotFound
            ? model with { State = FileState.Missing, Problem = reading.Problem }
            : Model(model.Name, model.Path, model.Projector, model.Profile, reading.Files, model.AddedAt, reading.Facts ?? model.Facts) with
            {
                ChangedAt = IsSameWeights(model.Files, reading.Files) ? model.ChangedAt : now,
                State = reading.Facts is null ? FileState.Unreadable : FileState.Ready,
                Problem = reading.Problem,
                IsTransient = model.IsTransient,
                Store = model.Store,
            };
    }

    /// <param name="name">Its name.</param>
    /// <param name="path">The first file.</param>
    /// <param name="projector">How it comes to its projector.</param>
    /// <param name="profile">What is stored beside the files.</param>
    /// <param name="files">The files.</param>
    /// <param name="addedAt">When it entered the catalog.</param>
    /// <param name="facts">What the headers say, or facts that the profile has been laid over before: that changes nothing more.</param>
    public static CatalogModel Model(
        ModelName name, string path, ProjectorChoice projector, ModelProfile profile, ImmutableArray<CatalogFile> files, DateTimeOffset addedAt, ModelFacts facts) => new()
        {
            Name = name,
            Path = path,
            Files = files,
            Projector = projector,
            SizeBytes = files.Sum(static file => file.SizeBytes),
            ModifiedAt = profile.MadeAt ?? (files.IsEmpty ? DateTimeOffset.UnixEpoch : files.Max(static file => file.ModifiedAt)),
            Profile = profile,
            Digest = profile.ManifestDigest ?? ModelDigest.Of(files, profile.DigestText()),
            RunDigest = ModelDigest.Of(files, TemplateFacts.JinjaOf(profile) + profile.Parameters),
            AddedAt = addedAt,
            Facts = TemplateFacts.Under(profile, facts),
        };

    // None at all are those of a row from before the files were written down.
    private static bool IsSameWeights(ImmutableArray<CatalogFile> before, ImmutableArray<CatalogFile> now) =>
        before.IsEmpty || Weights(before).SequenceEqual(Weights(now));

    // A file that is named by its content is the same one however often it is fetched.
    private static IEnumerable<(string, FileStamp?)> Weights(ImmutableArray<CatalogFile> files) =>
        files.Where(static file => file.Role is FileRole.Weights).Select(static file => (file.Path, ContentName.Sha256Of(file.Path) is null ? file.Stamp : (FileStamp?)null));
}
