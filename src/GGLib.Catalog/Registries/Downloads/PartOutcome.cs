using GGLib.Catalog.Registries.Http;

namespace GGLib.Catalog.Registries.Downloads;

/// <summary>How an attempt at a part ended; without a failure the part is whole.</summary>
internal sealed record PartOutcome(TransferFailure? Failure, bool MayRetry = false, TimeSpan? RetryAfter = null) : IRetriable
{
    public static PartOutcome Whole { get; } = new(Failure: null);
}
