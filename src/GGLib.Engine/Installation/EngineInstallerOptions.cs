namespace GGLib.Engine.Installation;

/// <summary>How to install.</summary>
public sealed record EngineInstallerOptions
{
    /// <summary>gglib's data folder; the install goes below its <c>engine</c> folder.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The one provider to install from, where the environment does not say; null: the first that can be reached.</summary>
    public string? Provider { get; init; }

    /// <summary>Install even when a working install is there, for example to update it. The old one stays until the new one has run.</summary>
    public bool Replace { get; init; }
}
