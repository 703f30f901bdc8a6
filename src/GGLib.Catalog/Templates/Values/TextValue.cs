using System.Text;

namespace GGLib.Catalog.Templates.Values;

/// <summary>
/// A string as Go has it: bytes, mostly UTF-8. <c>len</c>, <c>index</c> and <c>slice</c> count bytes, and a character cut in two by them
/// is whole again when its halves are written one after the other.
/// </summary>
internal sealed class TextValue(ReadOnlyMemory<byte> bytes) : TemplateValue
{
    public static TextValue Empty { get; } = new(ReadOnlyMemory<byte>.Empty);

    public ReadOnlyMemory<byte> Bytes => bytes;

    public ReadOnlySpan<byte> Span => bytes.Span;

    public override string TypeName => "string";

    public override bool IsTruthy => !bytes.IsEmpty;

    public static TextValue Of(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return Empty;
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return new(bytes);
    }

    public override string ToString() => Encoding.UTF8.GetString(Span);
}
