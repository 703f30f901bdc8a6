using System.Buffers;

namespace GGLib.Server.Streaming;

/// <summary>A transformation of an answer's bytes on their way to the client. It receives whole events of an event stream, and pieces of any size of a single object. For one answer; not thread-safe.</summary>
internal interface IByteStage
{
    /// <summary>Transforms bytes and writes them to the output. The end may be held back until more bytes arrive.</summary>
    void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output);

    /// <summary>Writes held-back bytes at the end of the answer.</summary>
    void Complete(IBufferWriter<byte> output);
}
