using System.Buffers;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Replaces <c>null</c> with an empty <c>content</c> in the first event of a chat's stream, as OpenAI and Ollama send it: some clients join texts without a check. Later events are passed on unchanged.</summary>
internal sealed class FirstContent(IByteStage next) : IByteStage
{
    private bool _begun;

    private static ReadOnlySpan<byte> Mark => "\"content\":null"u8;

    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        if (!_begun && !bytes.IsEmpty)
        {
            _begun = true;
            var first = bytes[..(bytes.IndexOf("\n\n"u8) + 1)];
            var at = first.IndexOf(Mark);
            if (at >= 0)
            {
                next.Write(bytes[..at], output);
                next.Write("\"content\":\"\""u8, output);
                bytes = bytes[(at + Mark.Length)..];
            }
        }

        next.Write(bytes, output);
    }

    public void Complete(IBufferWriter<byte> output) => next.Complete(output);
}
