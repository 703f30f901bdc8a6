using GGLib.Catalog.Blobs;

namespace GGLib.Catalog.Registries;

/// <summary>A file of a pulled model.</summary>
/// <param name="Role">What it is for.</param>
/// <param name="MediaType">Its media type in the manifest.</param>
/// <param name="Name">Its file name at the source; the blob's where the source has no names.</param>
/// <param name="Digest">Its SHA-256.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Path">Where it is now: the blob, or a link of its own name to it where llama-server goes by names.</param>
public sealed record PulledFile(PulledRole Role, string MediaType, string Name, BlobDigest Digest, long SizeBytes, string Path);
