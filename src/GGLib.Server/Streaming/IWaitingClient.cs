namespace GGLib.Server.Streaming;

/// <summary>A client that receives pings while its stream waits for the first token.</summary>
internal interface IWaitingClient
{
    /// <summary>Whether the answer's first token has arrived: from then on there are no pings.</summary>
    bool IsAnswered { get; }

    /// <summary>Waits for a task and sends pings until it completes.</summary>
    Task<T> WithPingsAsync<T>(Task<T> task);
}
