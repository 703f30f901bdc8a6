using GGLib.Catalog.Blobs;

namespace GGLib.Catalog.Registries;

/// <summary>Something to push: a file, or a few bytes. Immutable.</summary>
public sealed record PushLayer
{
    private PushLayer(string mediaType, BlobDigest digest, long sizeBytes, string? path, byte[]? content) =>
        (MediaType, Digest, SizeBytes, Path, Content) = (mediaType, digest, sizeBytes, path, content);

    /// <summary>The media type in the manifest.</summary>
    public string MediaType { get; }

    /// <summary>Its SHA-256.</summary>
    public BlobDigest Digest { get; }

    /// <summary>Its size.</summary>
    public long SizeBytes { get; }

    internal string? Path { get; }

    internal byte[]? Content { get; }

    /// <summary>A file whose SHA-256 is known; the registry checks it once more.</summary>
    public static PushLayer OfFile(string mediaType, BlobDigest digest, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(mediaType);
        ArgumentNullException.ThrowIfNull(digest);
        return new(mediaType, digest, FileStamp.Of(path)?.SizeBytes ?? 0, path, null);
    }

    /// <summary>A text such as a template.</summary>
    public static PushLayer OfBytes(string mediaType, byte[] content)
    {
        ArgumentException.ThrowIfNullOrEmpty(mediaType);
        ArgumentNullException.ThrowIfNull(content);
        return new(mediaType, BlobDigest.Of(content), content.LongLength, null, content);
    }

    /// <summary>The bytes, for one reader.</summary>
    /// <exception cref="IOException">The file is gone or cannot be read.</exception>
    internal Stream Open() =>
        Content is not null ? new MemoryStream(Content, writable: false) : new FileStream(Path!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);
}
