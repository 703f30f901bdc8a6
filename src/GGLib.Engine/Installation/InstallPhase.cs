namespace GGLib.Engine.Installation;

/// <summary>What an installation is doing.</summary>
public enum InstallPhase
{
    /// <summary>Another gglib is installing; its result will be used.</summary>
    Waiting,

    /// <summary>Asking where llama-server can be had from.</summary>
    Resolving,

    /// <summary>Fetching it.</summary>
    Downloading,

    /// <summary>Checking and unpacking it.</summary>
    Unpacking,

    /// <summary>Running it once, to see that it does.</summary>
    Verifying,
}
