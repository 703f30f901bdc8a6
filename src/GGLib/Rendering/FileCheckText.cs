using GGLib.Catalog.Verification;

namespace GGLib.Rendering;

/// <summary>The check of one file in a sentence.</summary>
internal static class FileCheckText
{
    public static string Of(FileCheck check) => SafeText.OneLine($"'{check.File.Path}' " + (check.Verdict, check.Basis) switch
    {
        (FileVerdict.Intact, DigestBasis.Name) => "is intact: its SHA-256 is the one in its name.",
        (FileVerdict.Intact, _) => "is intact: its SHA-256 is the one it had before.",
        (FileVerdict.Recorded, _) => $"cannot be compared: nothing says what its SHA-256 should be. From now on it should be {check.Actual}.",
        (FileVerdict.Damaged, DigestBasis.Name) => $"is damaged: its SHA-256 is {check.Actual}, and its name says {check.Expected}.",
        (FileVerdict.Damaged, _) => $"is damaged: its SHA-256 is {check.Actual}, and was {check.Expected} when its length and time of change were the same.",
        (FileVerdict.Missing, _) => "is not there.",
        _ => $"cannot be read: {check.Reason}",
    }, 5000);
}
