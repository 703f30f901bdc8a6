namespace GGLib.Catalog.Registries.Http;

/// <summary>How an attempt ended, as far as trying again depends on it.</summary>
internal interface IRetriable
{
    /// <summary>Whether another try may bring more.</summary>
    bool MayRetry { get; }

    /// <summary>How long the server asks to be left alone.</summary>
    TimeSpan? RetryAfter { get; }
}
