namespace GGLib.Server.Streaming;

/// <summary>Receives the events of a model's answer, in order. Dialect writers implement it.</summary>
internal interface IStreamEventSink
{
    /// <summary>Receives the next event. Its texts are valid during the call only.</summary>
    void Accept(scoped in StreamEvent piece);
}
