using GGLib.Engine.Hardware;

namespace GGLib.Engine.Scheduling;

/// <summary>What a load has really taken.</summary>
/// <param name="EstimatedBytes">The estimate for its context and slots: with others it would have been another.</param>
/// <param name="Memory">What it took.</param>
internal sealed record MeasuredLoad(long EstimatedBytes, MemoryAmount Memory);
