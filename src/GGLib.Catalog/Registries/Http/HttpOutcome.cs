namespace GGLib.Catalog.Registries.Http;

/// <summary>What came of a request: an answer with a status of success, or a failure. Disposing it ends the answer.</summary>
internal sealed record HttpOutcome : IRetriable, IDisposable
{
    /// <summary>The answer, its body unread; null when there is a failure.</summary>
    public HttpResponseMessage? Response { get; init; }

    /// <summary>Why there is none.</summary>
    public TransferFailure? Failure { get; init; }

    /// <summary>The status, when there was an answer at all.</summary>
    public int? Status { get; init; }

    /// <summary>Who answered, after all redirects.</summary>
    public Uri? Address { get; init; }

    /// <summary>The <c>X-Linked-Etag</c> of the first answer that had one: the Hub says the file's SHA-256 where it redirects.</summary>
    public string? LinkedEtag { get; init; }

    /// <summary>Whether there was not even a connection.</summary>
    public bool HasNoConnection { get; init; }

    public bool MayRetry { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public void Dispose() => Response?.Dispose();
}
