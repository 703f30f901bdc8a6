using System.Collections.Immutable;
using System.Globalization;

namespace GGLib.Gguf;

/// <summary>One tensor as the header describes it; its data stays in the file.</summary>
public sealed record GgufTensor
{
    /// <summary>The tensor's name, for example <c>blk.0.attn_q.weight</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How its numbers are stored. May be a number without a name.</summary>
    public required GgufTensorType Type { get; init; }

    /// <summary>Elements in each dimension, fastest-varying first.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>Where its data begins, in bytes after <see cref="GgufFile.TensorDataOffset"/>.</summary>
    public required long Offset { get; init; }

    /// <summary>The product of the dimensions.</summary>
    public required long ElementCount { get; init; }

    /// <summary>The type's name as ggml spells it, or its number where it has none here.</summary>
    public string TypeName => Enum.IsDefined(Type) ? Type.ToString() : ((int)Type).ToString(CultureInfo.InvariantCulture);

    /// <summary>Bytes of data in the file, or null where the type's layout is not known here.</summary>
    public long? ByteLength => TensorLayout.ByteLength(Type, ElementCount);
}
