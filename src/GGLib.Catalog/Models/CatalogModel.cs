using System.Collections.Immutable;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>One model of the catalog, in the state in which the catalog last found its files. Immutable.</summary>
public sealed record CatalogModel
{
    /// <summary>The name as it was stored. Responses use this spelling.</summary>
    public required ModelName Name { get; init; }

    /// <summary>The absolute path of the GGUF file; the first part of a split model.</summary>
    public required string Path { get; init; }

    /// <summary>All files: the weights, every part of a split model in order, then the projector.</summary>
    public required ImmutableArray<CatalogFile> Files { get; init; }

    /// <summary>How the projector is chosen.</summary>
    public ProjectorChoice Projector { get; init; } = ProjectorChoice.Automatic;

    /// <summary>The values stored with the model.</summary>
    public ModelProfile Profile { get; init; } = ModelProfile.None;

    /// <summary>The size of all files in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>When a file last changed, in UTC; for a created model, when it was created.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>
    /// 64 lower-case hexadecimal digits that change with the files and survive restarts: SHA-256 over paths, sizes and modification
    /// times, and the stored values. Not a digest of the content, which would take minutes for a large model. For a model that was pulled with a manifest, it is the
    /// manifest's digest, which the registry and Ollama report too.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>The same over the inputs of llama-server's start. If it changes, a running process no longer serves this model.</summary>
    public required string RunDigest { get; init; }

    /// <summary>When the model entered the catalog, in UTC.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>When the catalog found that the weights had changed since they were added, in UTC; null if they have not.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>The facts in the headers of the files, including the projector's. Capabilities follow from the template in use.</summary>
    public required ModelFacts Facts { get; init; }

    /// <summary>The stored template if it is in use: <see cref="ModelFacts.ChatTemplate"/> is ignored then. Otherwise null.</summary>
    public string? TemplateInForce => Profile.Template is { } text && !(Profile.PrefersFileTemplate && Facts.ChatTemplate is not null) ? text : null;

    /// <summary>Whether the files can be used.</summary>
    public FileState State { get; init; }

    /// <summary>Why the files cannot be used, in one sentence; null if they can.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the model exists only in this process and not in the database.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The absolute path of the other program's store that the model is read from; null for a model that was added or pulled.</summary>
    public string? Store { get; init; }

    /// <summary>The absolute path of the projector (mmproj) of the model; null if it has none.</summary>
    public string? ProjectorPath => Files.FirstOrDefault(static file => file.Role is FileRole.Projector)?.Path;

    /// <summary>Every path that the model names, whether or not its files have been read.</summary>
    internal IEnumerable<string> Paths => Files.Select(static file => file.Path).Append(Path).Concat(Profile.Adapters)
        .Concat(new[] { Projector.Path, Profile.Draft }.OfType<string>());

    /// <summary>The number of parts; 1 for a model that is not split.</summary>
    public int PartCount => Math.Max(1, Files.Count(static file => file.Role is FileRole.Weights));

    /// <summary>Whether the files cannot be used now. The model stays listed, because its disk may come back.</summary>
    public bool IsMissing => State is not FileState.Ready;

    /// <summary>Whether a request's own template makes it differ from the model of this name in the catalog, so that llama-server must be started differently for it.</summary>
    public bool IsVariant { get; private init; }

    /// <summary>Returns this model with another template in place of the stored one or the file's own.</summary>
    /// <param name="template">A Jinja template, or a Go template that <see cref="ModelProfile.TemplateProblemOf"/> accepts.</param>
    public CatalogModel Under(string template)
    {
        var model = ModelCandidate.Model(Name, Path, Projector, Profile with { Template = template, PrefersFileTemplate = false }, Files, AddedAt, Facts);
        return model with { State = State, Problem = Problem, IsTransient = IsTransient, ChangedAt = ChangedAt, IsVariant = model.RunDigest != RunDigest };
    }

    /// <summary>Returns the name, so that log lines do not contain a chat template.</summary>
    public override string ToString() => Name.Display;
}
