using System.Buffers;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>
/// The model's thinking: as content, which OpenAI's own models keep to themselves; as the summary when one was asked for; and encoded for the next request when that was asked for. Only one of
/// content and summary is streamed piece by piece, the summary if there is one: Microsoft.Extensions.AI joins the deltas of both into one text.
/// </summary>
internal sealed class ReasoningItem : OutputItem
{
    private readonly ArrayBufferWriter<byte> _text = new(1024);
    private readonly byte[] _deltaHead;
    private readonly byte[]? _summaryHead;
    private readonly bool _isEncoded;
    private byte[]? _encoded;
    private bool _hasParts;

    /// <param name="events">Where events go; null when the answer is one object.</param>
    /// <param name="id">The item's id.</param>
    /// <param name="index">The item's index in the output.</param>
    /// <param name="hasSummary">Whether the item has a summary.</param>
    /// <param name="isEncoded">Whether the item has <c>encrypted_content</c>.</param>
    public ReasoningItem(ServerEvents? events, byte[] id, int index, bool hasSummary, bool isEncoded)
        : base(events, id, index)
    {
        _isEncoded = isEncoded;
        _deltaHead = [.. ServerEvents.HeadOf("response.reasoning_text.delta"u8), .. Place, .. ContentIndex, .. ",\"delta\":\""u8];
        _summaryHead = hasSummary ? [.. ServerEvents.HeadOf("response.reasoning_summary_text.delta"u8), .. Place, .. SummaryIndex, .. ",\"delta\":\""u8] : null;
    }

    private static ReadOnlySpan<byte> ContentIndex => ",\"content_index\":0"u8;

    private static ReadOnlySpan<byte> SummaryIndex => ",\"summary_index\":0"u8;

    public override void Open()
    {
        base.Open();
        _hasParts = true;
        if (_summaryHead is null)
        {
            OpenContent();
        }
        else
        {
            WriteEvent("response.reasoning_summary_part.added"u8, SummaryIndex, ",\"part\":{\"type\":\"summary_text\",\"text\":\"\"}"u8);
        }
    }

    public void Append(ReadOnlySpan<byte> text)
    {
        _text.Write(text);
        Events?.Write(_summaryHead ?? _deltaHead, text, "\""u8);
    }

    public override void Close(bool truncated)
    {
        var text = _text.WrittenSpan;
        if (_summaryHead is not null)
        {
            WriteEvent("response.reasoning_summary_text.done"u8, [.. SummaryIndex, .. ",\"text\":\""u8], text, "\""u8);
            WriteEvent("response.reasoning_summary_part.done"u8, [.. SummaryIndex, .. ",\"part\":{\"type\":\"summary_text\",\"text\":\""u8], text, "\"}"u8);
            OpenContent();
        }

        WriteEvent("response.reasoning_text.done"u8, [.. ContentIndex, .. ",\"text\":\""u8], text, "\""u8);
        WriteEvent("response.content_part.done"u8, [.. ContentIndex, .. ",\"part\":{\"type\":\"reasoning_text\",\"text\":\""u8], text, "\"}"u8);
        _encoded = _isEncoded ? [(byte)'"', .. EncryptedThinking.Encode(text), (byte)'"'] : null;
        base.Close(truncated);
    }

    public override void Write(IBufferWriter<byte> output)
    {
        output.Write("{\"id\":\""u8);
        output.Write(Id);
        output.Write("\",\"type\":\"reasoning\""u8);
        WriteStatus(output);
        output.Write(",\"summary\":["u8);
        WritePart(output, _hasParts && _summaryHead is not null, "summary_text"u8);
        output.Write("],\"content\":["u8);
        WritePart(output, _hasParts, "reasoning_text"u8);
        output.Write("]"u8);
        if (_isEncoded)
        {
            output.Write(",\"encrypted_content\":"u8);
            output.Write(_encoded ?? "null"u8);
        }

        output.Write("}"u8);
    }

    // Clients that collect a response reject text of a part that was not announced.
    private void OpenContent() => WriteEvent("response.content_part.added"u8, ContentIndex, ",\"part\":{\"type\":\"reasoning_text\",\"text\":\"\"}"u8);

    private void WritePart(IBufferWriter<byte> output, bool exists, ReadOnlySpan<byte> type)
    {
        if (exists)
        {
            output.Write("{\"type\":\""u8);
            output.Write(type);
            output.Write("\",\"text\":\""u8);
            output.Write(_text.WrittenSpan);
            output.Write("\"}"u8);
        }
    }
}
