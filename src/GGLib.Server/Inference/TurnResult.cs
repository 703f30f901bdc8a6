namespace GGLib.Server.Inference;

/// <summary>The outcome of a request's turn on a runner.</summary>
internal enum TurnResult
{
    /// <summary>The runner answered, if only to reject the request: it works.</summary>
    Answered,

    /// <summary>The request has no complete answer, and an error was written.</summary>
    Failed,

    /// <summary>Nothing was written; the request should be tried once more on a fresh runner.</summary>
    Retry,
}
