using System.Collections.Immutable;
using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>One model of the catalog, as its files were when the catalog last looked. Immutable.</summary>
public sealed record CatalogModel
{
    /// <summary>The name as it was stored; its spelling is what answers carry.</summary>
    public required ModelName Name { get; init; }

    /// <summary>The GGUF file's absolute path, of a split model the first part's.</summary>
    public required string Path { get; init; }

    /// <summary>All its files: the weights, every part of a split model in order, then the projector.</summary>
    public required ImmutableArray<CatalogFile> Files { get; init; }

    /// <summary>How it comes to its projector.</summary>
    public ProjectorChoice Projector { get; init; } = ProjectorChoice.Automatic;

    /// <summary>What is stored beside the files.</summary>
    public ModelProfile Profile { get; init; } = ModelProfile.None;

    /// <summary>Bytes of all the model's files.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>When a file of it last changed, in UTC; of a model that was made, when that was.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>
    /// 64 lower-case hexadecimal digits that change when a file does and survive restarts: SHA-256 over paths, sizes and times of
    /// change, and what is stored beside them. Not a digest of the content, which would cost minutes for a large model. Of a model that came with a manifest it is
    /// the manifest's, which the registry and Ollama tell too.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>The same for what llama-server is started with: another one means that a running child is not the model any more.</summary>
    public required string RunDigest { get; init; }

    /// <summary>When the model entered the catalog, in UTC.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>When the catalog found that the weights are other ones than those added, in UTC; null while they are the same.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>What the headers say, that of the projector included; what the model can do is judged by the template in force.</summary>
    public required ModelFacts Facts { get; init; }

    /// <summary>The stored template when it is in force: <see cref="ModelFacts.ChatTemplate"/> does not count then. Null when it is not.</summary>
    public string? TemplateInForce => Profile.Template is { } text && !(Profile.PrefersFileTemplate && Facts.ChatTemplate is not null) ? text : null;

    /// <summary>Whether the files can be used.</summary>
    public FileState State { get; init; }

    /// <summary>Why they cannot be used, in one sentence; null when they can.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the model lives only in this process and is in no database.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The absolute path of the other program's store that it is read from, and goes with; null for a model that was added or pulled.</summary>
    public string? Store { get; init; }

    /// <summary>The absolute path of the projector (mmproj) that goes with it, or null.</summary>
    public string? ProjectorPath => Files.FirstOrDefault(static file => file.Role is FileRole.Projector)?.Path;

    /// <summary>Every path it names, whether its files have been looked at or not.</summary>
    internal IEnumerable<string> Paths => Files.Select(static file => file.Path).Append(Path).Concat(Profile.Adapters)
        .Concat(new[] { Projector.Path, Profile.Draft }.OfType<string>());

    /// <summary>The parts it is split into; 1 for an ordinary file.</summary>
    public int PartCount => Math.Max(1, Files.Count(static file => file.Role is FileRole.Weights));

    /// <summary>Whether the files cannot be used now. Such a model stays listed: its disk may come back.</summary>
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

    /// <summary>The name: a log line should not carry a chat template.</summary>
    public override string ToString() => Name.Display;
}
