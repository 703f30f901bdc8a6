using System.Buffers.Binary;
using System.Text;

namespace GGLib.Gguf;

/// <summary>
/// A metadata array, kept as the bytes of the file and decoded while it is enumerated. A token list of a real model is
/// megabytes long and is needed by almost nobody, so the reader may have left its bytes in the file: <see cref="IsLoaded"/>.
/// Immutable, safe for any number of threads.
/// </summary>
public sealed class GgufArray : IEquatable<GgufArray>
{
    private readonly ReadOnlyMemory<byte> _bytes;

    internal GgufArray(GgufType elementType, long count, ReadOnlyMemory<byte>? bytes)
    {
        ElementType = elementType;
        Count = count;
        IsLoaded = bytes is not null;
        _bytes = bytes ?? default;
    }

    /// <summary>The type of every element.</summary>
    public GgufType ElementType { get; }

    /// <summary>How many elements the file says there are, loaded or not.</summary>
    public long Count { get; }

    /// <summary>False when the array was longer than the reader keeps unless <see cref="GgufReadOptions.LargeArrays"/> is asked for.</summary>
    public bool IsLoaded { get; }

    /// <summary>The elements in order; decoded anew at every enumeration.</summary>
    /// <exception cref="InvalidOperationException">The array was not loaded.</exception>
    public IEnumerable<GgufValue> Values
    {
        get
        {
            if (!IsLoaded)
            {
                throw new InvalidOperationException("The array was left in the file: read it with GgufReadOptions.LargeArrays.");
            }

            return Decode();
        }
    }

    /// <summary>The elements' bytes as in the file. Empty when not loaded.</summary>
    internal ReadOnlyMemory<byte> Bytes => _bytes;

    public static GgufArray Of(params ReadOnlySpan<byte> values) => new(GgufType.UInt8, values.Length, values.ToArray());

    public static GgufArray Of(params ReadOnlySpan<sbyte> values) => Fixed(GgufType.Int8, values, static (to, value) => to[0] = (byte)value);

    public static GgufArray Of(params ReadOnlySpan<ushort> values) => Fixed(GgufType.UInt16, values, BinaryPrimitives.WriteUInt16LittleEndian);

    public static GgufArray Of(params ReadOnlySpan<short> values) => Fixed(GgufType.Int16, values, BinaryPrimitives.WriteInt16LittleEndian);

    public static GgufArray Of(params ReadOnlySpan<uint> values) => Fixed(GgufType.UInt32, values, BinaryPrimitives.WriteUInt32LittleEndian);

    public static GgufArray Of(params ReadOnlySpan<int> values) => Fixed(GgufType.Int32, values, BinaryPrimitives.WriteInt32LittleEndian);

    public static GgufArray Of(params ReadOnlySpan<ulong> values) => Fixed(GgufType.UInt64, values, BinaryPrimitives.WriteUInt64LittleEndian);

    public static GgufArray Of(params ReadOnlySpan<long> values) => Fixed(GgufType.Int64, values, BinaryPrimitives.WriteInt64LittleEndian);

    public static GgufArray Of(params ReadOnlySpan<float> values) => Fixed(GgufType.Float32, values, BinaryPrimitives.WriteSingleLittleEndian);

    public static GgufArray Of(params ReadOnlySpan<double> values) => Fixed(GgufType.Float64, values, BinaryPrimitives.WriteDoubleLittleEndian);

    public static GgufArray Of(params ReadOnlySpan<bool> values) => Fixed(GgufType.Bool, values, static (to, value) => to[0] = value ? (byte)1 : (byte)0);

    public static GgufArray Of(params ReadOnlySpan<string> values)
    {
        using var bytes = new MemoryStream();
        Span<byte> length = stackalloc byte[8];
        foreach (var value in values)
        {
            var text = Encoding.UTF8.GetBytes(value);
            BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
            bytes.Write(length);
            bytes.Write(text);
        }

        return new(GgufType.String, values.Length, bytes.ToArray());
    }

    public static GgufArray Of(params ReadOnlySpan<GgufArray> values)
    {
        using var bytes = new MemoryStream();
        Span<byte> head = stackalloc byte[12];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt32LittleEndian(head, (int)value.ElementType);
            BinaryPrimitives.WriteInt64LittleEndian(head[4..], value.Count);
            bytes.Write(head);
            bytes.Write(value.Bytes.Span);
        }

        return new(GgufType.Array, values.Length, bytes.ToArray());
    }

    public bool Equals(GgufArray? other) =>
        other is not null && ElementType == other.ElementType && Count == other.Count && IsLoaded == other.IsLoaded
        && _bytes.Span.SequenceEqual(other._bytes.Span);

    public override bool Equals(object? obj) => Equals(obj as GgufArray);

    public override int GetHashCode() => HashCode.Combine(ElementType, Count, _bytes.Length);

    /// <summary>Type and length for people to read; not a format.</summary>
    public override string ToString() => $"{ElementType}[{Count}]";

    private static GgufArray Fixed<T>(GgufType type, ReadOnlySpan<T> values, WriteElement<T> write)
    {
        var size = type.FixedSize();
        var bytes = new byte[values.Length * size];
        for (var index = 0; index < values.Length; index++)
        {
            write(bytes.AsSpan(index * size), values[index]);
        }

        return new(type, values.Length, bytes);
    }

    private IEnumerable<GgufValue> Decode()
    {
        var rest = _bytes;
        for (var index = 0L; index < Count; index++)
        {
            yield return DecodeOne(ElementType, ref rest);
        }
    }

    // The reader walked over every byte before it made this array, so nothing can run past the end here.
    private static GgufValue DecodeOne(GgufType type, ref ReadOnlyMemory<byte> rest)
    {
        var span = rest.Span;
        var size = type.FixedSize();
        if (type is GgufType.String)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(span);
            rest = rest[(8 + length)..];
            return GgufValue.Of(Encoding.UTF8.GetString(span.Slice(8, length)));
        }

        if (type is GgufType.Array)
        {
            var elementType = (GgufType)BinaryPrimitives.ReadInt32LittleEndian(span);
            var count = BinaryPrimitives.ReadInt64LittleEndian(span[4..]);
            var elements = rest[12..];
            var length = LengthOf(elementType, count, elements);
            rest = elements[length..];
            return GgufValue.Of(new GgufArray(elementType, count, elements[..length]));
        }

        rest = rest[size..];
        return GgufScalar.Read(type, span);
    }

    private static int LengthOf(GgufType type, long count, ReadOnlyMemory<byte> bytes)
    {
        if (type.FixedSize() is > 0 and var size)
        {
            return (int)(count * size);
        }

        var rest = bytes;
        for (var index = 0L; index < count; index++)
        {
            if (type is GgufType.String)
            {
                rest = rest[(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(rest.Span))..];
            }
            else
            {
                var inner = (GgufType)BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
                var innerCount = BinaryPrimitives.ReadInt64LittleEndian(rest.Span[4..]);
                rest = rest[12..];
                rest = rest[LengthOf(inner, innerCount, rest)..];
            }
        }

        return bytes.Length - rest.Length;
    }

    private delegate void WriteElement<T>(Span<byte> to, T value);
}
