namespace GGLib.Bench.Measuring;

/// <summary>What was measured of one endpoint.</summary>
internal sealed class Row(string name)
{
    public string Name => name;

    public Series Rate { get; } = new();

    public Series ToDirect { get; } = new();

    /// <summary>The rate as a part of the rate of gglib's <c>/api/chat</c> in the same round.</summary>
    public Series ToChat { get; } = new();

    /// <summary>The rate as a part of the earlier gglib's in the same round.</summary>
    public Series RateToBefore { get; } = new();

    /// <summary>The processor time as a part of the earlier gglib's in the same round.</summary>
    public Series ProcessorToBefore { get; } = new();

    public Series ProcessorPerThousand { get; } = new();

    public Series Cores { get; } = new();

    public Series Memory { get; } = new();

    public Series P50 { get; } = new();

    public Series P99 { get; } = new();

    public Series AddedP50 { get; } = new();

    public Series AddedP99 { get; } = new();
}
