namespace GGLib.Catalog.Blobs;

/// <summary>How writing a blob can end.</summary>
public enum BlobWriteOutcome
{
    /// <summary>It is there now.</summary>
    Created,

    /// <summary>It was there before; the stream was not read.</summary>
    AlreadyThere,

    /// <summary>The bytes have another digest; nothing is left of them.</summary>
    Mismatch,
}
