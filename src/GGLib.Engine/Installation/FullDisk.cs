namespace GGLib.Engine.Installation;

/// <summary>A full disk, which programs and the runtime report in words only.</summary>
internal static class FullDisk
{
    public const string Reason = "The disk is full.";

    public const string Remedy = "Free about 300 MB on the disk of gglib's data folder, then run gglib again.";

    /// <summary>Whether a message is about it.</summary>
    public static bool IsIn(string message) =>
        message.Contains("No space left on device", StringComparison.Ordinal) || message.Contains("not enough space on the disk", StringComparison.Ordinal);
}
