using System.Buffers;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>
/// Drops events whose data is <c>null</c> from a relayed stream. llama-server starts a completion of several prompts with one (seen in 0.7.0); a client that reads <c>choices</c> of every event fails on it.
/// </summary>
internal sealed class NullEvents(IByteStage next) : IByteStage
{
    private static ReadOnlySpan<byte> Event => "data: null\n\n"u8;

    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        // A JSON object cannot end with this text, so it is a whole event.
        for (int at; (at = bytes.IndexOf(Event)) >= 0;)
        {
            next.Write(bytes[..at], output);
            bytes = bytes[(at + Event.Length)..];
        }

        next.Write(bytes, output);
    }

    public void Complete(IBufferWriter<byte> output) => next.Complete(output);
}
