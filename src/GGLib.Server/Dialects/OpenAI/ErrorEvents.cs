using System.Buffers;
using System.Text.Json;
using GGLib.Server.Inference;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Replaces llama-server's error events in a relayed stream with OpenAI's, as every other error of this API has.</summary>
internal sealed class ErrorEvents(IByteStage next) : IByteStage
{
    private static ReadOnlySpan<byte> Start => "data: {\"error\":"u8;

    private static ReadOnlySpan<byte> Prefix => "data: "u8;

    private static ReadOnlySpan<byte> End => "\n\n"u8;

    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        // Inside a text the quotes would be escaped, so this is the start of an event.
        for (int at; (at = bytes.IndexOf(Start)) >= 0;)
        {
            next.Write(bytes[..at], output);
            bytes = bytes[at..];
            var length = bytes.IndexOf(End) is >= 0 and var end ? end : bytes.Length;
            next.Write(Prefix, output);
            next.Write(Translate(bytes[Prefix.Length..length]), output);
            bytes = bytes[length..];
        }

        next.Write(bytes, output);
    }

    public void Complete(IBufferWriter<byte> output) => next.Complete(output);

    private static byte[] Translate(ReadOnlySpan<byte> json)
    {
        var status = 500;
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.GetProperty("error"u8).TryGetProperty("code"u8, out var code) && code.ValueKind is JsonValueKind.Number && code.TryGetInt32(out var given) && given is >= 400 and <= 599)
            {
                status = given;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // EngineErrors handles text that is not JSON.
        }

        return OpenAIErrors.Of(EngineErrors.Of(status, json)).Body;
    }
}
