using GGLib.Catalog.Blobs;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>One file to fetch.</summary>
/// <param name="Role">What it is for.</param>
/// <param name="Name">Its file name at the source, without folders; the digest where a source has no names.</param>
/// <param name="Digest">Its SHA-256; null when only the whole will tell.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Address">Where it is.</param>
internal sealed record PlannedFile(PulledRole Role, string Name, BlobDigest? Digest, long Size, Uri Address)
{
    /// <summary>The media type at the source, or the one of the role.</summary>
    public string MediaType { get; init; } = MediaTypes.Of(Role);

    /// <summary>Where the digests of its parts may be had, or null.</summary>
    public Uri? PartDigests { get; init; }

    /// <summary>What tells this version of it from another, where the digest is not known: a strong <c>ETag</c> or <c>Last-Modified</c>.</summary>
    public string? Validator { get; init; }
}
