using System.Collections.Immutable;

namespace GGLib.Engine.Installation;

/// <summary>What came of an installation.</summary>
public abstract record InstallResult
{
    private InstallResult()
    {
    }

    /// <summary>A llama-server is installed, and ran.</summary>
    /// <param name="Engine">What to run.</param>
    /// <param name="Provider">Where it came from, for example <c>release</c> or <c>debian</c>.</param>
    /// <param name="PassedOver">Why providers before it could not serve; empty when an install was there already.</param>
    public sealed record Installed(EngineBinary Engine, string Provider, ImmutableArray<ProviderFailure> PassedOver) : InstallResult;

    /// <summary>No provider could serve. Nothing was left on disk.</summary>
    /// <param name="Reasons">Each provider that was tried, and why it could not.</param>
    /// <param name="Remedy">One sentence: exactly what to do.</param>
    public sealed record Failed(ImmutableArray<ProviderFailure> Reasons, string Remedy) : InstallResult;
}
