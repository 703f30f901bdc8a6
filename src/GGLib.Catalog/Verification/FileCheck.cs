namespace GGLib.Catalog.Verification;

/// <summary>How the check of one file ended.</summary>
/// <param name="File">The file.</param>
/// <param name="Verdict">The result.</param>
/// <param name="Basis">What it was held against.</param>
/// <param name="Expected">The SHA-256 it should have, or null.</param>
/// <param name="Actual">The SHA-256 it has, or null when it could not be read.</param>
/// <param name="Reason">Why it could not be read, or null.</param>
public sealed record FileCheck(CatalogFile File, FileVerdict Verdict, DigestBasis Basis, string? Expected, string? Actual, string? Reason)
{
    /// <summary>Whether the file has to be fetched again for its model to be whole.</summary>
    public bool IsBroken => Verdict is FileVerdict.Damaged or FileVerdict.Missing or FileVerdict.Unreadable;
}
