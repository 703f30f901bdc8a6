namespace GGLib.Server.Streaming;

/// <summary>Takes a model's answer piece by piece, in order. A dialect's writer is one.</summary>
internal interface IStreamEventSink
{
    void Accept(scoped in StreamEvent piece);
}
