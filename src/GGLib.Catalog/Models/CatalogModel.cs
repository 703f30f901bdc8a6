using GGLib.Gguf;

namespace GGLib.Catalog;

/// <summary>One model of the catalog, as its file was when the catalog last looked. Immutable.</summary>
public sealed record CatalogModel
{
    /// <summary>The name as it was stored; its spelling is what answers carry.</summary>
    public required ModelName Name { get; init; }

    /// <summary>The GGUF file's absolute path, of a split model the first part's.</summary>
    public required string Path { get; init; }

    /// <summary>The absolute path of the projector (mmproj) that goes with it, or null.</summary>
    public string? ProjectorPath { get; init; }

    /// <summary>Bytes of all the model's files.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>When the file last changed (of several, the newest), in UTC.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>
    /// 64 lower-case hexadecimal digits that change when the file does and survive restarts: SHA-256 over path, size and time of
    /// change. Not a digest of the content, which would cost minutes for a large model.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>When the model entered the catalog, in UTC.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>What the header says.</summary>
    public required ModelFacts Facts { get; init; }

    /// <summary>Whether the file can be used.</summary>
    public FileState State { get; init; }

    /// <summary>Whether the model lives only in this process and is in no database.</summary>
    public bool IsTransient { get; init; }

    /// <summary>Whether the file cannot be used now. Such a model stays listed: its disk may come back.</summary>
    public bool IsMissing => State is not FileState.Ready;

    /// <summary>The name: a log line should not carry a chat template.</summary>
    public override string ToString() => Name.Display;
}
