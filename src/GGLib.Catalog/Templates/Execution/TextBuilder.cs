using System.Buffers;
using System.Text;
using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Execution;

/// <summary>Text being made: the prompt (bounded by <paramref name="limit"/>), or what a function gives (bounded by the budget).</summary>
internal sealed class TextBuilder(Budget budget, int? limit = null)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public int Length => _bytes.WrittenCount;

    public void Write(ReadOnlySpan<byte> text)
    {
        if (limit is not { } most)
        {
            budget.SpendText(text.Length);
        }
        else if (text.Length > most - _bytes.WrittenCount)
        {
            throw budget.Fault("the prompt gets too long");
        }
        else
        {
            budget.Spend(text.Length);
        }

        _bytes.Write(text);
    }

    public void Write(string text)
    {
        Span<byte> buffer = stackalloc byte[256];
        Write(text.Length <= 80 ? buffer[..Encoding.UTF8.GetBytes(text, buffer)] : Encoding.UTF8.GetBytes(text));
    }

    public void Write(byte value) => Write([value]);

    public void Fill(byte value, int count)
    {
        Span<byte> chunk = stackalloc byte[256];
        chunk.Fill(value);
        for (; count > 0; count -= chunk.Length)
        {
            Write(chunk[..Math.Min(count, chunk.Length)]);
        }
    }

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public TextValue ToValue() => new(_bytes.WrittenMemory);

    /// <summary>The text; bytes that are no UTF-8 become U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_bytes.WrittenSpan);
}
