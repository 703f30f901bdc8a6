using System.Collections.Immutable;
using System.Text;

namespace GGLib.Gguf;

/// <summary>
/// Reads one header, in the order of the file: magic, version, counts, metadata, tensors, padding. Everything the file says
/// about sizes is checked against the bytes that remain, so that a damaged file costs neither memory nor time.
/// </summary>
internal sealed class GgufReader(GgufInput input, GgufReadOptions options)
{
    /// <summary>Longer arrays are left in the file. Per-layer numbers and tags are far shorter, token lists far longer.</summary>
    private const long KeptArrayBytes = 64 * 1024;

    /// <summary>Longer texts are left in the file. The longest chat templates are a tenth of it; an embedded tokenizer.json is far longer.</summary>
    private const int KeptTextBytes = 1024 * 1024;

    // What a header may cost in memory, roughly. Real ones stay below 1 MiB, with all arrays below 20; a file of many gigabytes,
    // all of it noise, could ask for anything.
    private const long Allowance = 32 * 1024 * 1024;
    private const long AllowanceWithLargeArrays = 48 * 1024 * 1024;

    // Far above what any converter writes.
    private const int MaxStringBytes = 64 * 1024 * 1024;
    private const int MaxNameBytes = 64 * 1024;
    private const long MaxMetadata = 64 * 1024;
    private const long MaxTensors = 1024 * 1024;
    private const int MaxDimensions = 8;
    private const int MaxDepth = 8;

    private readonly FillInTokens _fillInTokens = new();
    private long _allowance = options.HasFlag(GgufReadOptions.LargeArrays) ? AllowanceWithLargeArrays : Allowance;

    public GgufFile Read()
    {
        if (input.Length == 0)
        {
            throw new GgufException("The file is empty.");
        }

        var mark = input.Take(4, "the four bytes that mark a GGUF file");
        if (!mark.SequenceEqual("GGUF"u8))
        {
            throw new GgufException("The file is not a GGUF file: " + OtherFormats.Describe(mark), 0);
        }

        var version = ReadVersion();
        var tensorCount = ReadCount("tensors", MaxTensors, leastBytes: 24);
        var metadataCount = ReadCount("metadata entries", MaxMetadata, leastBytes: 13);

        var metadata = new GgufMetadata();
        for (var index = 0L; index < metadataCount; index++)
        {
            ReadEntry(metadata);
        }

        var alignment = ReadAlignment(metadata);
        var tensors = ReadTensors((int)tensorCount, out var parameters);
        var dataOffset = (input.Position + alignment - 1) / alignment * alignment;
        if (!options.HasFlag(GgufReadOptions.HeaderOnly))
        {
            RequireTensorData(tensors, dataOffset, alignment);
        }

        return new GgufFile
        {
            Version = version,
            Metadata = metadata,
            Tensors = tensors,
            Alignment = alignment,
            TensorDataOffset = dataOffset,
            ParameterCount = parameters,
            HasFillInTokens = _fillInTokens.IsComplete,
        };
    }

    private int ReadVersion()
    {
        var at = input.Position;
        var version = input.ReadUInt32("the version");
        if (version is 2 or 3)
        {
            return (int)version;
        }

        // The low half of a sane version cannot be zero: the bytes are swapped.
        throw new GgufException(
            (version & 0xFFFF) == 0 && version != 0
                ? "The file is a big-endian GGUF file, which is not supported: convert it to little endian"
                : version == 1
                    ? "GGUF version 1 is not supported: convert the model again, versions 2 and 3 are"
                    : $"GGUF version {version} is not supported: 2 and 3 are",
            at);
    }

    private long ReadCount(string what, long most, int leastBytes)
    {
        var at = input.Position;
        var count = input.ReadUInt64($"the number of {what}");
        if (count > (ulong)most || count > (ulong)(input.Remaining / leastBytes))
        {
            throw new GgufException($"The file says it has {count} {what}, more than it can hold", at);
        }

        return (long)count;
    }

    private void ReadEntry(GgufMetadata metadata)
    {
        var at = input.Position;
        var key = ReadText("a metadata key", MaxNameBytes);
        Spend(128 + (2L * key.Length), at);
        var type = ReadType(key);
        var value = type switch
        {
            GgufType.String => ReadTextValue(key),
            GgufType.Array => GgufValue.Of(ReadArray(key)),
            _ => GgufScalar.Read(type, input.Take(type.FixedSize(), "a metadata value")),
        };

        if (!metadata.TryAdd(key, value))
        {
            throw new GgufException($"The metadata key '{Shown(key)}' appears twice", at);
        }
    }

    private GgufType ReadType(string key)
    {
        var at = input.Position;
        var type = input.ReadUInt32("a metadata type");
        return type <= (uint)GgufType.Float64
            ? (GgufType)type
            : throw new GgufException($"The metadata key '{Shown(key)}' has the unknown type {type}", at);
    }

    private GgufValue ReadTextValue(string key)
    {
        var what = $"the value of '{Shown(key)}'";
        var at = input.Position;
        var length = ReadLength(what, MaxStringBytes);
        if (length > KeptTextBytes && (!options.HasFlag(GgufReadOptions.LargeArrays) || 2L * length > _allowance))
        {
            input.Skip(length, what);
            return GgufValue.LongText;
        }

        Spend(2L * length, at);
        return GgufValue.Of(Decode(length, what));
    }

    private string ReadText(string what, int most) => Decode(ReadLength(what, most), what);

    private string Decode(int length, string what) =>
        length <= 64 * 1024 ? Encoding.UTF8.GetString(input.Take(length, what)) : Encoding.UTF8.GetString(input.Copy(length, what));

    /// <summary>Takes from what the header may cost, before the memory is asked for.</summary>
    private void Spend(long bytes, long at)
    {
        _allowance -= bytes;
        if (_allowance < 0)
        {
            throw new GgufException("The header has more names and texts than any model needs", at);
        }
    }

    private int ReadLength(string what, int most)
    {
        var at = input.Position;
        var length = input.ReadUInt64(what);
        if (length > (ulong)input.Remaining)
        {
            throw length > (ulong)input.RemainingInFile
                ? new GgufException($"The file ends in the middle of {what}, which should be {length} bytes long", at)
                : input.TooLong();
        }

        return length <= (ulong)most ? (int)length : throw new GgufException($"The length of {what} is {length} bytes, which cannot be right", at);
    }

    // Arrays are walked once to find their end; the bytes of those that are kept are then fetched in one piece.
    private GgufArray ReadArray(string key)
    {
        var (type, count) = ReadArrayHead(key);
        var start = input.Position;
        SkipElements(key, type, count, depth: 1);
        var length = input.Position - start;
        if (length > (options.HasFlag(GgufReadOptions.LargeArrays) ? _allowance : KeptArrayBytes))
        {
            return new(type, count, bytes: null);
        }

        Spend(length, start);
        input.Rewind(start);
        return new(type, count, input.Copy((int)length, "an array"));
    }

    private (GgufType Type, long Count) ReadArrayHead(string key)
    {
        var type = ReadType(key);
        var at = input.Position;
        var count = input.ReadUInt64("an array's length");
        return count <= (ulong)(input.Remaining / type.LeastSize())
            ? (type, (long)count)
            : throw new GgufException($"The array '{Shown(key)}' says it has {count} elements, more than the file can hold", at);
    }

    private void SkipElements(string key, GgufType type, long count, int depth)
    {
        if (type.FixedSize() is > 0 and var size)
        {
            input.Skip(count * size, "an array");
            return;
        }

        if (depth > MaxDepth)
        {
            throw new GgufException($"The array '{Shown(key)}' is nested more than {MaxDepth} deep", input.Position);
        }

        var tokens = key == "tokenizer.ggml.tokens" ? _fillInTokens : null;
        for (var index = 0L; index < count; index++)
        {
            if (type is GgufType.String)
            {
                index += input.SkipBufferedTexts(count - index, tokens);
                if (index < count)
                {
                    SkipText(tokens);
                }
            }
            else
            {
                var (innerType, innerCount) = ReadArrayHead(key);
                SkipElements(key, innerType, innerCount, depth + 1);
            }
        }
    }

    private void SkipText(FillInTokens? tokens)
    {
        const string What = "an array's text";
        var length = ReadLength(What, MaxStringBytes);
        if (tokens is not null && length <= FillInTokens.MaxLength)
        {
            tokens.See(input.Take(length, What));
        }
        else
        {
            input.Skip(length, What);
        }
    }

    private static int ReadAlignment(GgufMetadata metadata)
    {
        if (!metadata.ContainsKey("general.alignment"))
        {
            return GgufFile.DefaultAlignment;
        }

        var alignment = metadata.Integer("general.alignment") ?? 0;
        return alignment is > 0 and <= 1 << 30 && long.IsPow2(alignment)
            ? (int)alignment
            : throw new GgufException("The value of 'general.alignment' is not a power of two", 0);
    }

    private ImmutableArray<GgufTensor> ReadTensors(int count, out long parameters)
    {
        parameters = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tensors = ImmutableArray.CreateBuilder<GgufTensor>(Math.Min(count, 2048));
        for (var index = 0; index < count; index++)
        {
            var at = input.Position;
            var tensor = ReadTensor();
            Spend(192 + (2L * tensor.Name.Length), at);
            if (!names.Add(tensor.Name))
            {
                throw new GgufException($"The tensor '{Shown(tensor.Name)}' appears twice", at);
            }

            if (tensor.ElementCount > long.MaxValue - parameters)
            {
                throw new GgufException("The tensors together have more elements than can be counted", at);
            }

            parameters += tensor.ElementCount;
            tensors.Add(tensor);
        }

        return tensors.DrainToImmutable();
    }

    private GgufTensor ReadTensor()
    {
        var at = input.Position;
        var name = ReadText("a tensor's name", MaxNameBytes);
        var dimensions = input.ReadUInt32("a tensor's number of dimensions");
        if (dimensions > MaxDimensions)
        {
            throw new GgufException($"The tensor '{Shown(name)}' has {dimensions} dimensions, more than {MaxDimensions}", at);
        }

        var shape = ImmutableArray.CreateBuilder<long>((int)dimensions);
        UInt128 elements = 1;
        for (var index = 0; index < dimensions; index++)
        {
            var length = input.ReadUInt64("a tensor's shape");
            elements *= length;
            if (length > long.MaxValue || elements > long.MaxValue)
            {
                throw new GgufException($"The tensor '{Shown(name)}' has more elements than can be counted", at);
            }

            shape.Add((long)length);
        }

        var type = input.ReadUInt32("a tensor's type");
        var offset = input.ReadUInt64("a tensor's offset");
        return new GgufTensor
        {
            Name = name,
            Shape = shape.MoveToImmutable(),
            Type = type <= int.MaxValue ? (GgufTensorType)type : throw new GgufException($"The tensor '{Shown(name)}' has the impossible type {type}", at),
            Offset = offset <= long.MaxValue ? (long)offset : throw new GgufException($"The tensor '{Shown(name)}' lies beyond any file", at),
            ElementCount = (long)elements,
        };
    }

    // A download that broke off has a perfect header; without this check the engine would be the one to find out.
    private void RequireTensorData(ImmutableArray<GgufTensor> tensors, long dataOffset, int alignment)
    {
        foreach (var tensor in tensors)
        {
            // The engine would refuse it; so does the format's description.
            if (tensor.Offset % alignment != 0)
            {
                throw new GgufException($"The data of tensor '{Shown(tensor.Name)}' begins at byte {tensor.Offset}, which is no multiple of {alignment}", dataOffset);
            }

            var end = (Int128)dataOffset + tensor.Offset + (tensor.ByteLength ?? 0);
            if (end > input.Length)
            {
                throw new GgufException(
                    $"The file is incomplete: the data of tensor '{Shown(tensor.Name)}' ends at byte {end} of a file of {input.Length} bytes", input.Length);
            }
        }
    }

    private static string Shown(string name) => GgufException.Shown(name);
}
