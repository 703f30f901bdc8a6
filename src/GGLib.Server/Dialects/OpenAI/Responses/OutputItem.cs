using System.Buffers;
using System.Buffers.Text;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>
/// One item of a response's output, while it is written and after. Items are opened one after the other: <see cref="Open"/>, any number of texts, <see cref="Close"/>. All texts are escaped. Not
/// thread-safe.
/// </summary>
/// <param name="events">Where events go; null when the answer is one object.</param>
/// <param name="id">The item's id.</param>
/// <param name="index">The item's index in the output.</param>
internal abstract class OutputItem(ServerEvents? events, byte[] id, int index)
{
    /// <summary>The status: <c>in_progress</c>, then <c>completed</c> or <c>incomplete</c>.</summary>
    protected ItemStatus Status { get; private set; }

    /// <summary>Where events go; null when the answer is one object.</summary>
    protected ServerEvents? Events => events;

    /// <summary>The item's id, escaped.</summary>
    public ReadOnlySpan<byte> Id => id;

    /// <summary>The fields by which an event names its item, each after a comma.</summary>
    protected byte[] Place { get; } = [.. ",\"item_id\":\""u8, .. id, .. "\",\"output_index\":"u8, .. Digits(index)];

    /// <summary>Writes the events that begin the item.</summary>
    public virtual void Open() => WriteItemEvent("response.output_item.added"u8);

    /// <summary>Ends the item and writes the events that say so.</summary>
    /// <param name="truncated">Whether a limit cut it off.</param>
    public virtual void Close(bool truncated)
    {
        Status = truncated ? ItemStatus.Incomplete : ItemStatus.Completed;
        WriteItemEvent("response.output_item.done"u8);
    }

    /// <summary>Marks an item that a failure cut off. No event says so: the one about the failure contains the item.</summary>
    public void Abandon() => Status = ItemStatus.Incomplete;

    /// <summary>Writes the item as it is now, as a JSON object.</summary>
    public abstract void Write(IBufferWriter<byte> output);

    protected void WriteStatus(IBufferWriter<byte> output)
    {
        output.Write(",\"status\":\""u8);
        output.Write(Status switch
        {
            ItemStatus.Completed => "completed"u8,
            ItemStatus.Incomplete => "incomplete"u8,
            _ => "in_progress"u8,
        });
        output.Write("\""u8);
    }

    /// <summary>Writes an event about this item. <paramref name="fields"/> is JSON after a comma.</summary>
    protected void WriteEvent(ReadOnlySpan<byte> type, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> text = default, ReadOnlySpan<byte> after = default)
    {
        if (events is null)
        {
            return;
        }

        var output = events.Begin(type);
        output.Write(Place);
        output.Write(fields);
        output.Write(text);
        output.Write(after);
        events.End();
    }

    private void WriteItemEvent(ReadOnlySpan<byte> type)
    {
        if (events is null)
        {
            return;
        }

        var output = events.Begin(type);
        output.Write(",\"output_index\":"u8);
        output.Write(Digits(index));
        output.Write(",\"item\":"u8);
        Write(output);
        events.End();
    }

    private static byte[] Digits(int number)
    {
        Span<byte> digits = stackalloc byte[11];
        Utf8Formatter.TryFormat(number, digits, out var length);
        return digits[..length].ToArray();
    }
}
