using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace GGLib.Gguf;

/// <summary>
/// Writes a whole GGUF file, tensors included, from memory: for tests, demo models and other small files. Collect with
/// <see cref="Add(string, GgufValue)"/> and <see cref="AddTensor"/>, then write once or more. Zeros take no memory, and on most
/// file systems no disk either. Not thread-safe.
/// </summary>
public sealed class GgufWriter
{
    private readonly GgufMetadata _metadata = new();
    private readonly List<(GgufTensor Tensor, ReadOnlyMemory<byte> Data, long Length)> _tensors = [];
    private readonly int _version;

    /// <param name="version">The version of the format to write: 2 or 3.</param>
    public GgufWriter(int version = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, 3);
        _version = version;
    }

    /// <summary>Sets a key; a key set before keeps its place and takes the new value.</summary>
    public GgufWriter Add(string key, GgufValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (value.Array is { IsLoaded: false } || (value.Type is GgufType.String && value.Text is null))
        {
            throw new ArgumentException("The value was left in the file it was read from.", nameof(value));
        }

        _metadata.Set(key, value);
        return this;
    }

    /// <summary>Sets a text.</summary>
    public GgufWriter Add(string key, string value) => Add(key, GgufValue.Of(value));

    /// <summary>Sets a 32-bit unsigned number, the type most keys have.</summary>
    public GgufWriter Add(string key, uint value) => Add(key, GgufValue.Of(value));

    /// <summary>Sets a 32-bit float.</summary>
    public GgufWriter Add(string key, float value) => Add(key, GgufValue.Of(value));

    /// <summary>Sets a bool.</summary>
    public GgufWriter Add(string key, bool value) => Add(key, GgufValue.Of(value));

    /// <summary>Sets an array.</summary>
    public GgufWriter Add(string key, GgufArray value) => Add(key, GgufValue.Of(value));

    /// <summary>Appends a tensor. Its data is placed after the ones before it, aligned.</summary>
    /// <param name="name">The tensor's name; unique in a valid file.</param>
    /// <param name="type">How the data is encoded.</param>
    /// <param name="shape">Elements in each dimension, fastest-varying first.</param>
    /// <param name="data">The encoded bytes; their length must be what type and shape ask for, where the type is known.</param>
    public GgufWriter AddTensor(string name, GgufTensorType type, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> data)
    {
        var tensor = Tensor(name, type, shape);
        if (tensor.ByteLength is { } expected && expected != data.Length)
        {
            throw new ArgumentException($"The tensor needs {expected} bytes of data, not {data.Length}.", nameof(data));
        }

        _tensors.Add((tensor, data, data.Length));
        return this;
    }

    /// <summary>Appends a tensor of zeros: the right size, no meaning.</summary>
    public GgufWriter AddZeros(string name, GgufTensorType type, params ReadOnlySpan<long> shape)
    {
        var tensor = Tensor(name, type, shape);
        _tensors.Add((tensor, default, tensor.ByteLength ?? 0));
        return this;
    }

    /// <summary>The file's bytes.</summary>
    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        Write(stream);
        return stream.ToArray();
    }

    /// <summary>Writes a file, replacing one that is there.</summary>
    public void Write(string path)
    {
        using var stream = File.Create(path);
        Write(stream);
    }

    /// <summary>Writes to a stream, from its current position, and leaves it open.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var alignment = (int)(_metadata.Integer("general.alignment") ?? GgufFile.DefaultAlignment);
        if (alignment <= 0)
        {
            throw new InvalidOperationException("general.alignment must be positive.");
        }

        using var header = new MemoryStream();
        header.Write("GGUF"u8);
        WriteUInt32(header, (uint)_version);
        WriteInt64(header, _tensors.Count);
        WriteInt64(header, _metadata.Count);
        foreach (var (key, value) in _metadata)
        {
            WriteText(header, key);
            WriteUInt32(header, (uint)value.Type);
            WriteValue(header, value);
        }

        var offset = 0L;
        foreach (var (tensor, _, length) in _tensors)
        {
            WriteText(header, tensor.Name);
            WriteUInt32(header, (uint)tensor.Shape.Length);
            foreach (var dimension in tensor.Shape)
            {
                WriteInt64(header, dimension);
            }

            WriteUInt32(header, (uint)tensor.Type);
            WriteInt64(header, offset);
            offset += length + Padding(length, alignment);
        }

        stream.Write(header.GetBuffer().AsSpan(0, (int)header.Length));
        stream.Write(new byte[Padding(header.Length, alignment)]);
        foreach (var (_, data, length) in _tensors)
        {
            stream.Write(data.Span);
            WriteZeros(stream, length - data.Length + Padding(length, alignment));
        }
    }

    private static GgufTensor Tensor(string name, GgufTensorType type, ReadOnlySpan<long> shape)
    {
        var elements = 1L;
        foreach (var length in shape)
        {
            elements = checked(elements * length);
        }

        return new() { Name = name, Type = type, Shape = shape.ToImmutableArray(), Offset = 0, ElementCount = elements };
    }

    // At a file's end a longer length is enough: what lies between reads as zeros, and most file systems keep no block for it.
    private static void WriteZeros(Stream stream, long count)
    {
        const int Chunk = 64 * 1024;
        if (count > Chunk && stream.CanSeek && stream.Position == stream.Length)
        {
            stream.SetLength(stream.Position + count);
            stream.Position = stream.Length;
            return;
        }

        var zeros = new byte[Math.Min(count, Chunk)];
        for (; count > 0; count -= zeros.Length)
        {
            stream.Write(zeros.AsSpan(0, (int)Math.Min(count, zeros.Length)));
        }
    }

    private static int Padding(long length, int alignment) => (int)((alignment - (length % alignment)) % alignment);

    private static void WriteValue(Stream to, GgufValue value)
    {
        if (value.Text is { } text)
        {
            WriteText(to, text);
        }
        else if (value.Array is { } array)
        {
            WriteUInt32(to, (uint)array.ElementType);
            WriteInt64(to, array.Count);
            to.Write(array.Bytes.Span);
        }
        else
        {
            Span<byte> bytes = stackalloc byte[8];
            GgufScalar.Write(value, bytes);
            to.Write(bytes[..value.Type.FixedSize()]);
        }
    }

    private static void WriteText(Stream to, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteInt64(to, bytes.Length);
        to.Write(bytes);
    }

    private static void WriteUInt32(Stream to, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        to.Write(bytes);
    }

    private static void WriteInt64(Stream to, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        to.Write(bytes);
    }
}
