namespace GGLib.Gguf;

/// <summary>The attention's dimensions, and what a token of context costs in key/value cache.</summary>
internal readonly record struct AttentionShape(long HeadCount, long HeadCountKv, long KeyLength, long ValueLength, long KvBytesPerToken)
{
    private const int BytesPerNumber = 2;

    public static AttentionShape Of(GgufFile file, string architecture)
    {
        var metadata = file.Metadata;
        var blocks = ModelFactsReader.Natural(metadata, architecture + ".block_count");
        var (heads, _) = PerLayer(metadata, architecture + ".attention.head_count", blocks);
        var (headsKv, headsKvSum) = metadata.ContainsKey(architecture + ".attention.head_count_kv")
            ? PerLayer(metadata, architecture + ".attention.head_count_kv", blocks)
            : PerLayer(metadata, architecture + ".attention.head_count", blocks);

        var headLength = heads > 0 ? ModelFactsReader.Natural(metadata, architecture + ".embedding_length") / heads : 0;
        var key = ModelFactsReader.Natural(metadata, architecture + ".attention.key_length") is > 0 and var keys ? keys : headLength;
        var value = ModelFactsReader.Natural(metadata, architecture + ".attention.value_length") is > 0 and var values ? values : headLength;

        // Hybrid models name the interval at which a layer really attends; the others keep a state of fixed size.
        if (ModelFactsReader.Natural(metadata, architecture + ".full_attention_interval") is > 1 and var interval)
        {
            headsKvSum /= interval;
        }

        var bytes = EmbeddingArchitectures.Contains(architecture)
            ? 0
            : SaturatingMath.Multiply(SaturatingMath.Multiply(headsKvSum, SaturatingMath.Add(key, value)), BytesPerNumber);
        return new(heads, headsKv, key, value, bytes);
    }

    // One number for all layers, or one for each; a layer without heads (a recurrent one) has 0.
    private static (long Most, long Sum) PerLayer(GgufMetadata metadata, string key, long blocks)
    {
        if (metadata.Array(key) is not { IsLoaded: true } array)
        {
            var heads = ModelFactsReader.Natural(metadata, key);
            return (heads, SaturatingMath.Multiply(heads, blocks));
        }

        var most = 0L;
        var sum = 0L;
        foreach (var element in array.Values)
        {
            var heads = element.TryGetInteger(out var integer) ? Math.Max(0, integer) : 0;
            most = Math.Max(most, heads);
            sum = SaturatingMath.Add(sum, heads);
        }

        return (most, sum);
    }
}
