namespace GGLib.Catalog.Blobs;

/// <summary>What came of writing a blob.</summary>
/// <param name="Outcome">Which of the possibilities.</param>
/// <param name="Actual">The digest of what was written; null when nothing was read.</param>
public sealed record BlobWriteResult(BlobWriteOutcome Outcome, BlobDigest? Actual);
