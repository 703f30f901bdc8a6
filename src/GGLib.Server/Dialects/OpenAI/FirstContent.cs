using System.Buffers;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>
/// Replaces <c>null</c> with an empty <c>content</c> in the first event of each choice of a chat's stream, which names the role, as OpenAI and Ollama send it: some clients join texts without a check. Other events
/// are passed on unchanged.
/// </summary>
internal sealed class FirstContent(IByteStage next) : IByteStage
{
    private static ReadOnlySpan<byte> Mark => "\"role\":\"assistant\",\"content\":null"u8;

    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        // Inside a text the quotes would be escaped.
        for (int at; (at = bytes.IndexOf(Mark)) >= 0;)
        {
            next.Write(bytes[..at], output);
            next.Write("\"role\":\"assistant\",\"content\":\"\""u8, output);
            bytes = bytes[(at + Mark.Length)..];
        }

        next.Write(bytes, output);
    }

    public void Complete(IBufferWriter<byte> output) => next.Complete(output);
}
