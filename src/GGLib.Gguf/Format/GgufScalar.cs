using System.Buffers.Binary;

namespace GGLib.Gguf;

/// <summary>Values of a fixed size, from and to the file's little-endian bytes.</summary>
internal static class GgufScalar
{
    public static GgufValue Read(GgufType type, ReadOnlySpan<byte> bytes) => type switch
    {
        GgufType.UInt8 => GgufValue.Of(bytes[0]),
        GgufType.Int8 => GgufValue.Of((sbyte)bytes[0]),
        GgufType.UInt16 => GgufValue.Of(BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        GgufType.Int16 => GgufValue.Of(BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        GgufType.UInt32 => GgufValue.Of(BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
        GgufType.Int32 => GgufValue.Of(BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        GgufType.Float32 => GgufValue.Of(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        GgufType.Bool => GgufValue.Of(bytes[0] != 0),
        GgufType.UInt64 => GgufValue.Of(BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
        GgufType.Int64 => GgufValue.Of(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        GgufType.Float64 => GgufValue.Of(BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of fixed size."),
    };

    /// <summary>Writes the value's eight low bytes; the caller keeps the first <see cref="GgufTypeSizes.FixedSize"/>.</summary>
    public static void Write(GgufValue value, Span<byte> to)
    {
        if (value.TryGetSingle(out var single))
        {
            BinaryPrimitives.WriteSingleLittleEndian(to, single);
        }
        else if (value.TryGetBool(out var truth))
        {
            to[0] = truth ? (byte)1 : (byte)0;
        }
        else if (value.TryGetUnsigned(out var unsigned))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(to, unsigned);
        }
        else if (value.TryGetInteger(out var integer))
        {
            BinaryPrimitives.WriteInt64LittleEndian(to, integer);
        }
        else if (value.TryGetNumber(out var number))
        {
            BinaryPrimitives.WriteDoubleLittleEndian(to, number);
        }
    }
}
