using System.Collections.Immutable;

namespace GGLib.Engine.Installation;

/// <summary>What came of looking for a llama-server.</summary>
public abstract record EngineSearch
{
    private EngineSearch()
    {
    }

    /// <summary>A llama-server that answered.</summary>
    /// <param name="Engine">What to run.</param>
    /// <param name="PassedOver">Places on <c>PATH</c> that held a llama-server that does not run, each a sentence with its reason.</param>
    public sealed record Found(EngineBinary Engine, ImmutableArray<string> PassedOver) : EngineSearch;

    /// <summary>
    /// A llama-server was named, by <c>--engine</c>, the configuration or the environment, and does not work. Nothing else was
    /// looked at: silently running another one than the one asked for would be worse than not starting.
    /// </summary>
    /// <param name="Origin">Where it was named.</param>
    /// <param name="Path">What was named.</param>
    /// <param name="Reason">One sentence: what is wrong with it.</param>
    public sealed record Unusable(EngineOrigin Origin, string Path, string Reason) : EngineSearch;

    /// <summary>None was named and none was found: install one.</summary>
    /// <param name="PassedOver">Places that held a llama-server that does not run, each a sentence with its reason.</param>
    public sealed record Missing(ImmutableArray<string> PassedOver) : EngineSearch;
}
