namespace GGLib.Server.Streaming;

/// <summary>A dialect's writer of an answer that cannot be the engine's own bytes.</summary>
internal interface IRetoldAnswer : IAnswer
{
    /// <summary>Whether anything was written: from then on an error cannot change the status.</summary>
    bool HasOutput { get; }

    /// <summary>Writes the last events, or the whole object.</summary>
    void Complete();

    /// <summary>Ends a stream that has begun with an error event, without the mark of its end.</summary>
    void Fail(ReadOnlySpan<byte> error);
}
