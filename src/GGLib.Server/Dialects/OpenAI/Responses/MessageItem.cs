using System.Buffers;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>An assistant message with one part of text.</summary>
internal sealed class MessageItem : OutputItem
{
    private readonly ArrayBufferWriter<byte> _text = new(1024);
    private readonly byte[] _deltaHead;
    private ArrayBufferWriter<byte>? _logprobs;
    private bool _hasPart;

    public MessageItem(ServerEvents? events, byte[] id, int index)
        : base(events, id, index) =>
        _deltaHead = [.. ServerEvents.HeadOf("response.output_text.delta"u8), .. Place, .. ContentIndex, .. ",\"delta\":\""u8];

    /// <summary>The escaped text so far.</summary>
    public ReadOnlySpan<byte> Text => _text.WrittenSpan;

    private static ReadOnlySpan<byte> ContentIndex => ",\"content_index\":0"u8;

    private ReadOnlySpan<byte> Logprobs => _logprobs is null ? default : _logprobs.WrittenSpan;

    public override void Open()
    {
        base.Open();
        _hasPart = true;
        WritePart("response.content_part.added"u8);
    }

    /// <summary>Adds text.</summary>
    /// <param name="text">The escaped text.</param>
    /// <param name="logprobs">The log probabilities of its tokens: elements of a JSON array; empty for none.</param>
    public void Append(ReadOnlySpan<byte> text, ReadOnlySpan<byte> logprobs)
    {
        _text.Write(text);
        if (logprobs.IsEmpty)
        {
            Events?.Write(_deltaHead, text, "\",\"logprobs\":[]"u8);
            return;
        }

        _logprobs ??= new();
        _logprobs.Write(_logprobs.WrittenCount > 0 ? ","u8 : default);
        _logprobs.Write(logprobs);
        Events?.Write(_deltaHead, text, [.. "\",\"logprobs\":["u8, .. logprobs, .. "]"u8]);
    }

    public override void Close(bool truncated)
    {
        if (Events is { } events)
        {
            var output = events.Begin("response.output_text.done"u8);
            output.Write(Place);
            output.Write(ContentIndex);
            output.Write(",\"text\":\""u8);
            output.Write(Text);
            output.Write("\",\"logprobs\":["u8);
            output.Write(Logprobs);
            output.Write("]"u8);
            events.End();
            WritePart("response.content_part.done"u8);
        }

        base.Close(truncated);
    }

    public override void Write(IBufferWriter<byte> output)
    {
        output.Write("{\"id\":\""u8);
        output.Write(Id);
        output.Write("\",\"type\":\"message\""u8);
        WriteStatus(output);
        output.Write(",\"role\":\"assistant\",\"content\":["u8);
        if (_hasPart)
        {
            WritePart(output);
        }

        output.Write("]}"u8);
    }

    private void WritePart(ReadOnlySpan<byte> type)
    {
        if (Events is not { } events)
        {
            return;
        }

        var output = events.Begin(type);
        output.Write(Place);
        output.Write(ContentIndex);
        output.Write(",\"part\":"u8);
        WritePart(output);
        events.End();
    }

    private void WritePart(IBufferWriter<byte> output)
    {
        output.Write("{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":["u8);
        output.Write(Logprobs);
        output.Write("],\"text\":\""u8);
        output.Write(Text);
        output.Write("\"}"u8);
    }
}
