namespace GGLib.Bench.Load;

/// <summary>What a load has measured, in its window.</summary>
internal sealed class LoadResult
{
    /// <summary>Tokens that came.</summary>
    public double Tokens { get; set; }

    public TimeSpan Window { get; set; }

    /// <summary>Milliseconds from a request's sending to its first token.</summary>
    public List<double> FirstToken { get; } = [];

    /// <summary>Milliseconds from a token's sending by the engine to its arrival.</summary>
    public List<double> Transit { get; } = [];
}
