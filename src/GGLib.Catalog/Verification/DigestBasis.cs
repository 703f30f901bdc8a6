namespace GGLib.Catalog.Verification;

/// <summary>What says which SHA-256 a file should have.</summary>
public enum DigestBasis
{
    /// <summary>Nothing does.</summary>
    None,

    /// <summary>The file's name, or that of the file a link leads to.</summary>
    Name,

    /// <summary>The catalog, which has read the file before and whose length and time of change are still the same.</summary>
    Catalog,
}
