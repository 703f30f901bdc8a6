namespace GGLib.Catalog.Registries.Http;

/// <summary>A short answer, read whole, or why there is none.</summary>
/// <param name="Body">The bytes; empty with a failure.</param>
/// <param name="Next">The address in <c>Link: …; rel="next"</c>, where a list goes on.</param>
/// <param name="Failure">Why there is none.</param>
internal sealed record BodyOutcome(byte[] Body, Uri? Next, TransferFailure? Failure) : IRetriable
{
    public int? Status { get; init; }

    public bool MayRetry { get; init; }

    public TimeSpan? RetryAfter { get; init; }
}
