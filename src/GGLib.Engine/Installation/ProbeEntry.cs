namespace GGLib.Engine.Installation;

/// <summary>
/// What a binary answered, and which file it was. Size and time are those of the file a link leads to: package managers replace
/// the target and leave the link.
/// </summary>
internal sealed record ProbeEntry(string Path, string[] Command, long Size, long ModifiedTicks, string Version, string[] Flags, string[] Backends, string[] SpeculativeTypes)
{
    /// <summary>Whether an entry read from disk has every part (the JSON reader leaves absent ones null).</summary>
    internal bool IsComplete => Path is not null && Command is not null && Version is not null && Flags is not null && Backends is not null && SpeculativeTypes is not null;
}
