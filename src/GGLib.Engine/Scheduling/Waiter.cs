using GGLib.Engine.Launching;

namespace GGLib.Engine.Scheduling;

/// <summary>A request that waits for a model.</summary>
/// <param name="Id">Unique for the life of the scheduler.</param>
/// <param name="Model">The model wanted.</param>
/// <param name="Context">The least context in tokens, or null.</param>
/// <param name="KeepAlive">Replaces the model's stored keep-alive when given.</param>
/// <param name="Since">When it began to wait.</param>
internal sealed record Waiter(long Id, EngineModel Model, int? Context, KeepAlive? KeepAlive, TimeSpan Since)
{
    /// <summary>What else its launch must have.</summary>
    public LoadOptions Options { get; init; } = LoadOptions.None;

    /// <summary>How its model is run.</summary>
    public EngineSettings Settings { get; init; } = new();

    /// <summary>The start of its model at which it was waiting: that start was made for it, too. 0: none.</summary>
    public long Turn { get; init; }

    public override string ToString() => $"{Id} for {Model.Key}{(Context is { } context ? $" with {context}" : "")}{(Turn > 0 ? $" turn {Turn}" : "")}";
}
