using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>Turns files and rows into models of the catalog.</summary>
internal static class ModelCandidate
{
    /// <summary>A model out of a file that somebody wants to add, or the reason why not.</summary>
    public static CatalogModel? From(string path, string? name, DateTimeOffset now, bool transient, out AddResult? refusal)
    {
        var first = SplitFileName.PartsOf(Path.GetFullPath(path))[0];
        refusal = null;
        if ((name is null ? ModelName.FromFileName(first) : ModelName.TryParse(name, out var parsed) && !parsed.HadCloudSuffix ? parsed : null) is not { } modelName)
        {
            refusal = new(AddOutcome.InvalidName, $"'{name}' is not a valid model name: use letters, digits, '.', '_' and '-', with an optional ':tag'.");
            return null;
        }

        if (Directory.Exists(first))
        {
            refusal = new(AddOutcome.NotGguf, $"'{first}' is a folder: name the .gguf file in it.");
            return null;
        }

        if (FileStamp.Of(first, out var missing) is not { } stamp)
        {
            refusal = new(AddOutcome.NotFound, $"There is no file '{missing}'.");
            return null;
        }

        var (facts, problem) = ModelFile.ReadFacts(first);
        if (facts is null)
        {
            refusal = new(AddOutcome.NotGguf, $"'{first}' cannot be added: {problem}");
            return null;
        }

        if (facts.Kind is not ModelFileKind.Model)
        {
            refusal = new(AddOutcome.NotAModel, $"'{first}' is not a model by itself: {Describe(facts.Kind)}.");
            return null;
        }

        return Model(modelName, first, projectorPath: null, stamp, now, facts) with { IsTransient = transient };
    }

    /// <summary>A model out of the database. The file is looked at only when the row has no facts of the present revision.</summary>
    public static CatalogModel FromRow(StoredModel row, CatalogModel? known)
    {
        if (known is not null && known.Path == row.Path && known.ProjectorPath == row.ProjectorPath && known.SizeBytes == row.Stamp.SizeBytes && known.ModifiedAt == row.Stamp.ModifiedAt)
        {
            return known with { Name = row.Name, AddedAt = row.AddedAt };
        }

        var model = Model(row.Name, row.Path, row.ProjectorPath, row.Stamp, row.AddedAt, row.Facts ?? new ModelFacts());
        return row.Facts is null ? LookAgain(model) : model;
    }

    /// <summary>The model as its file is now.</summary>
    public static CatalogModel LookAgain(CatalogModel model)
    {
        if (FileStamp.Of(model.Path, out _) is not { } stamp)
        {
            return model with { State = FileState.Missing };
        }

        var (facts, _) = ModelFile.ReadFacts(model.Path);
        var isModel = facts?.Kind is ModelFileKind.Model;
        return model with
        {
            SizeBytes = stamp.SizeBytes,
            ModifiedAt = stamp.ModifiedAt,
            Digest = ModelDigest.Of(model.Path, stamp.SizeBytes, stamp.ModifiedAt),
            Facts = isModel ? facts! : model.Facts,
            State = isModel ? FileState.Ready : FileState.Unreadable,
        };
    }

    private static CatalogModel Model(ModelName name, string path, string? projectorPath, FileStamp stamp, DateTimeOffset addedAt, ModelFacts facts) => new()
    {
        Name = name,
        Path = path,
        ProjectorPath = projectorPath,
        SizeBytes = stamp.SizeBytes,
        ModifiedAt = stamp.ModifiedAt,
        Digest = ModelDigest.Of(path, stamp.SizeBytes, stamp.ModifiedAt),
        AddedAt = addedAt,
        Facts = facts,
    };

    private static string Describe(ModelFileKind kind) => kind switch
    {
        ModelFileKind.Projector => "it is a projector (mmproj), which goes with a model",
        ModelFileKind.Adapter => "it is an adapter (LoRA), which goes with a model",
        _ => "it holds no model",
    };
}
