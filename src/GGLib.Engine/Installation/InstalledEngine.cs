namespace GGLib.Engine.Installation;

/// <summary>What gglib's own engine folder holds.</summary>
internal abstract record InstalledEngine
{
    public sealed record None : InstalledEngine;

    public sealed record Working(EngineBinary Engine, string Provider) : InstalledEngine;

    public sealed record Broken(string Path, string Reason) : InstalledEngine;
}
