using System.Globalization;

namespace GGLib.Gguf;

/// <summary>One metadata value with the type the file gives it. Immutable.</summary>
public readonly struct GgufValue : IEquatable<GgufValue>
{
    private readonly ulong _bits;
    private readonly object? _reference;

    private GgufValue(GgufType type, ulong bits, object? reference = null) => (Type, _bits, _reference) = (type, bits, reference);

    /// <summary>The type written in the file.</summary>
    public GgufType Type { get; }

    /// <summary>
    /// The text of a string value, else null; null also where the text is longer than 1 MiB and was left in the file
    /// (<see cref="GgufReadOptions.LargeArrays"/> reads it). Bytes that are not UTF-8 were replaced by U+FFFD.
    /// </summary>
    public string? Text => _reference as string;

    /// <summary>The array of an array value, else null.</summary>
    public GgufArray? Array => _reference as GgufArray;

    /// <summary>A text that was left in the file.</summary>
    internal static GgufValue LongText => new(GgufType.String, 0);

    public static GgufValue Of(byte value) => new(GgufType.UInt8, value);

    public static GgufValue Of(sbyte value) => new(GgufType.Int8, (ulong)(long)value);

    public static GgufValue Of(ushort value) => new(GgufType.UInt16, value);

    public static GgufValue Of(short value) => new(GgufType.Int16, (ulong)(long)value);

    public static GgufValue Of(uint value) => new(GgufType.UInt32, value);

    public static GgufValue Of(int value) => new(GgufType.Int32, (ulong)(long)value);

    public static GgufValue Of(ulong value) => new(GgufType.UInt64, value);

    public static GgufValue Of(long value) => new(GgufType.Int64, (ulong)value);

    public static GgufValue Of(float value) => new(GgufType.Float32, BitConverter.SingleToUInt32Bits(value));

    public static GgufValue Of(double value) => new(GgufType.Float64, BitConverter.DoubleToUInt64Bits(value));

    public static GgufValue Of(bool value) => new(GgufType.Bool, value ? 1UL : 0UL);

    public static GgufValue Of(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(GgufType.String, 0, value);
    }

    public static GgufValue Of(GgufArray value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(GgufType.Array, 0, value);
    }

    /// <summary>The value of any integer type, when it fits 64 signed bits.</summary>
    public bool TryGetInteger(out long value)
    {
        value = (long)_bits;
        return IsInteger && (Type is not GgufType.UInt64 || _bits <= long.MaxValue);
    }

    /// <summary>The value of any integer type, when it is not negative.</summary>
    public bool TryGetUnsigned(out ulong value)
    {
        value = _bits;
        return IsInteger && (!IsSigned || (long)_bits >= 0);
    }

    /// <summary>The value of a 32-bit float.</summary>
    public bool TryGetSingle(out float value)
    {
        value = BitConverter.UInt32BitsToSingle((uint)_bits);
        return Type is GgufType.Float32;
    }

    /// <summary>The value of any number type, integers included (those beyond 2^53 rounded).</summary>
    public bool TryGetNumber(out double value)
    {
        value = Type switch
        {
            GgufType.Float32 => BitConverter.UInt32BitsToSingle((uint)_bits),
            GgufType.Float64 => BitConverter.UInt64BitsToDouble(_bits),
            _ => IsSigned ? (long)_bits : _bits,
        };
        return IsInteger || Type is GgufType.Float32 or GgufType.Float64;
    }

    /// <summary>The value of a bool.</summary>
    public bool TryGetBool(out bool value)
    {
        value = _bits != 0;
        return Type is GgufType.Bool;
    }

    /// <summary>Same type and same value; arrays are compared element by element.</summary>
    public bool Equals(GgufValue other) => Type == other.Type && _bits == other._bits && Equals(_reference, other._reference);

    public override bool Equals(object? obj) => obj is GgufValue other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Type, _bits, _reference);

    public static bool operator ==(GgufValue left, GgufValue right) => left.Equals(right);

    public static bool operator !=(GgufValue left, GgufValue right) => !left.Equals(right);

    /// <summary>The value for people to read; not a format.</summary>
    public override string ToString() => Type switch
    {
        GgufType.Bool => _bits != 0 ? "true" : "false",
        GgufType.String or GgufType.Array => _reference?.ToString() ?? "",
        GgufType.Float32 => BitConverter.UInt32BitsToSingle((uint)_bits).ToString(CultureInfo.InvariantCulture),
        GgufType.Float64 => BitConverter.UInt64BitsToDouble(_bits).ToString(CultureInfo.InvariantCulture),
        _ => IsSigned ? ((long)_bits).ToString(CultureInfo.InvariantCulture) : _bits.ToString(CultureInfo.InvariantCulture),
    };

    private bool IsSigned => Type is GgufType.Int8 or GgufType.Int16 or GgufType.Int32 or GgufType.Int64;

    private bool IsInteger => IsSigned || Type is GgufType.UInt8 or GgufType.UInt16 or GgufType.UInt32 or GgufType.UInt64;
}
