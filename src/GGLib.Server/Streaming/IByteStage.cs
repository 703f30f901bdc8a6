using System.Buffers;

namespace GGLib.Server.Streaming;

/// <summary>A step on the way of an answer's bytes to the client. Of an event stream it is given whole events only; of one object, whatever a read brought. For one answer; not thread-safe.</summary>
internal interface IByteStage
{
    /// <summary>Passes bytes on.</summary>
    void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output);

    /// <summary>Passes on what was kept back: the answer has ended.</summary>
    void Complete(IBufferWriter<byte> output);
}
