namespace GGLib.Engine.Installation;

/// <summary>Where a llama-server was found, in the order in which the places are looked at.</summary>
public enum EngineOrigin
{
    /// <summary>Named on the command line (<c>--engine</c>).</summary>
    Configured,

    /// <summary>Named by <c>GGLIB_LLAMA_SERVER</c>.</summary>
    Environment,

    /// <summary>Named in the configuration file.</summary>
    File,

    /// <summary>Found on <c>PATH</c>.</summary>
    SearchPath,

    /// <summary>Installed by gglib in its own data folder.</summary>
    Installed,
}
