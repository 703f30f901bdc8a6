namespace GGLib.Engine.Installation;

/// <summary>What a provider made of its workspace.</summary>
internal abstract record ProviderOutcome
{
    /// <summary>A llama-server is there.</summary>
    /// <param name="Payload">The folder that becomes the install, inside the workspace.</param>
    /// <param name="Manifest">What lies in it.</param>
    public sealed record Prepared(string Payload, EngineManifest Manifest) : ProviderOutcome;

    /// <param name="Reason">One sentence: what happened.</param>
    /// <param name="Remedy">One sentence with the exact thing to do, where the provider knows better than to install by hand.</param>
    public sealed record Failed(string Reason, string? Remedy = null) : ProviderOutcome;
}
