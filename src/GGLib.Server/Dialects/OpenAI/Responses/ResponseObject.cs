using System.Buffers;
using System.Buffers.Text;
using GGLib.Server.Json;
using GGLib.Server.Telemetry;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>Writes the response object, which the whole answer is and which a stream's first and last events contain.</summary>
/// <param name="id">The response's id.</param>
/// <param name="echo">The request's fields that it repeats: JSON without braces.</param>
/// <param name="createdAt">Unix time in seconds.</param>
internal sealed class ResponseObject(byte[] id, byte[] echo, long createdAt)
{
    /// <summary>Writes the object of a response that has no output yet.</summary>
    public void WriteInProgress(IBufferWriter<byte> output)
    {
        WriteHead(output, "in_progress"u8, completedAt: null);
        output.Write(",\"error\":null,\"incomplete_details\":null,"u8);
        WriteTail(output, []);
        output.Write(",\"usage\":null}"u8);
    }

    /// <summary>Writes the object of a response that has ended.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="items">The output.</param>
    /// <param name="truncated">Whether a limit cut the answer off.</param>
    /// <param name="usage">The counts.</param>
    /// <param name="generated">The generated tokens, thinking included.</param>
    /// <param name="reasoning">The tokens of thinking among them.</param>
    /// <param name="completedAt">Unix time in seconds.</param>
    public void WriteEnded(IBufferWriter<byte> output, IReadOnlyList<OutputItem> items, bool truncated, in TokenUsage usage, long generated, long reasoning, long completedAt)
    {
        WriteHead(output, truncated ? "incomplete"u8 : "completed"u8, truncated ? null : completedAt);
        output.Write(",\"error\":null,\"incomplete_details\":"u8);
        output.Write(truncated ? "{\"reason\":\"max_output_tokens\"},"u8 : "null,"u8);
        WriteTail(output, items);
        WriteUsage(output, usage, generated, reasoning);
        output.Write("}"u8);
    }

    /// <summary>Writes the object of a response that failed.</summary>
    public void WriteFailed(IBufferWriter<byte> output, IReadOnlyList<OutputItem> items, string code, string message)
    {
        WriteHead(output, "failed"u8, completedAt: null);
        output.Write(",\"error\":{\"code\":"u8);
        output.Write(WireJson.Quote(code));
        output.Write(",\"message\":"u8);
        output.Write(WireJson.Quote(message));
        output.Write("},\"incomplete_details\":null,"u8);
        WriteTail(output, items);
        output.Write(",\"usage\":null}"u8);
    }

    private void WriteHead(IBufferWriter<byte> output, ReadOnlySpan<byte> status, long? completedAt)
    {
        output.Write("{\"id\":\""u8);
        output.Write(id);
        output.Write("\",\"object\":\"response\",\"created_at\":"u8);
        WriteNumber(output, createdAt);
        output.Write(",\"status\":\""u8);
        output.Write(status);
        output.Write("\",\"background\":false,\"completed_at\":"u8);
        if (completedAt is { } time)
        {
            WriteNumber(output, time);
        }
        else
        {
            output.Write("null"u8);
        }
    }

    private void WriteTail(IBufferWriter<byte> output, IReadOnlyList<OutputItem> items)
    {
        output.Write(echo);
        output.Write(",\"output\":["u8);
        for (var index = 0; index < items.Count; index++)
        {
            output.Write(index > 0 ? ","u8 : default);
            items[index].Write(output);
        }

        output.Write("]"u8);
    }

    private static void WriteUsage(IBufferWriter<byte> output, in TokenUsage usage, long generated, long reasoning)
    {
        var prompt = usage.PromptTokens ?? 0;
        output.Write(",\"usage\":{\"input_tokens\":"u8);
        WriteNumber(output, prompt);
        output.Write(",\"input_tokens_details\":{\"cached_tokens\":"u8);
        WriteNumber(output, usage.CachedTokens ?? 0);
        // OpenAI bills writes to the cache, and clients subtract them from the input: there is nothing to bill here.
        output.Write(",\"cache_write_tokens\":0},\"output_tokens\":"u8);
        WriteNumber(output, generated);
        output.Write(",\"output_tokens_details\":{\"reasoning_tokens\":"u8);
        WriteNumber(output, Math.Min(reasoning, generated));
        output.Write("},\"total_tokens\":"u8);
        WriteNumber(output, prompt + generated);
        output.Write("}"u8);
    }

    private static void WriteNumber(IBufferWriter<byte> output, long number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var length);
        output.Advance(length);
    }
}
