using System.Runtime.InteropServices;
using GGLib.Gguf;

namespace GGLib.Acceptance.Faults;

/// <summary>
/// Models that llama-server loads, of any size: a bundled one, whole or split, with noise behind its last tensor, which nobody reads; and a projector for it with random weights. The same seed gives the same bytes.
/// </summary>
internal static class GeneratedModels
{
    // Of demo-chat.gguf: a projector turns pictures into what the model's embeddings are.
    private const int DemoEmbedding = 256;

    /// <summary>A bundled model with so many bytes of noise.</summary>
    public static byte[] Whole(string name, int noise, int seed) => [.. File.ReadAllBytes(PathOf(name)), .. Noise(noise, seed)];

    /// <summary>A bundled model split as <c>llama-gguf-split</c> does it: the first part has all metadata. Each part has so many bytes of noise.</summary>
    public static byte[][] Split(string name, int count, int noise, int seed)
    {
        var bytes = File.ReadAllBytes(PathOf(name));
        var whole = GgufFile.Read(PathOf(name), GgufReadOptions.LargeArrays);
        var perPart = (whole.Tensors.Length + count - 1) / count;
        return [.. Enumerable.Range(0, count).Select(number =>
        {
            var part = new GgufWriter();
            if (number == 0)
            {
                foreach (var (key, value) in whole.Metadata)
                {
                    part.Add(key, value);
                }
            }

            part.Add("split.no", GgufValue.Of((ushort)number)).Add("split.count", GgufValue.Of((ushort)count)).Add("split.tensors.count", GgufValue.Of(whole.Tensors.Length));
            foreach (var tensor in whole.Tensors.Skip(number * perPart).Take(perPart))
            {
                part.AddTensor(tensor.Name, tensor.Type, tensor.Shape.AsSpan(), bytes.AsMemory((int)(whole.TensorDataOffset + tensor.Offset), (int)tensor.ByteLength!));
            }

            return part.ToArray().Concat(Noise(noise, seed + number)).ToArray();
        })];
    }

    /// <summary>A projector for demo-chat, of LLaVA's kind: two layers over four patches, which make four tokens of a picture. It sees nothing that makes sense.</summary>
    public static byte[] Projector(int seed)
    {
        const int Width = 128;
        const int Inner = 512;
        const int Patch = 14;
        const int Layers = 2;
        var chance = new Random(seed);
        var writer = new GgufWriter()
            .Add("general.architecture", "clip")
            .Add("general.type", "mmproj")
            .Add("clip.has_vision_encoder", true)
            .Add("clip.projector_type", "mlp")
            .Add("clip.use_gelu", true)
            .Add("clip.vision.image_size", 2u * Patch)
            .Add("clip.vision.patch_size", Patch)
            .Add("clip.vision.embedding_length", Width)
            .Add("clip.vision.feed_forward_length", Inner)
            .Add("clip.vision.block_count", Layers)
            .Add("clip.vision.projection_dim", DemoEmbedding)
            .Add("clip.vision.attention.head_count", 4u)
            .Add("clip.vision.attention.layer_norm_epsilon", 0.00001f)
            .Add("clip.vision.image_mean", GgufArray.Of(0.5f, 0.5f, 0.5f))
            .Add("clip.vision.image_std", GgufArray.Of(0.5f, 0.5f, 0.5f));
        Tensor("v.patch_embd.weight", Patch, Patch, 3, Width);
        Tensor("v.position_embd.weight", Width, 4);
        for (var layer = 0; layer < Layers; layer++)
        {
            foreach (var name in (string[])["attn_q", "attn_k", "attn_v", "attn_out"])
            {
                Tensor($"v.blk.{layer}.{name}.weight", Width, Width);
            }

            Tensor($"v.blk.{layer}.ln1.weight", Width);
            Tensor($"v.blk.{layer}.ln2.weight", Width);
            Tensor($"v.blk.{layer}.ffn_up.weight", Width, Inner);
            Tensor($"v.blk.{layer}.ffn_down.weight", Inner, Width);
        }

        Tensor("mm.0.weight", Width, DemoEmbedding);
        Tensor("mm.0.bias", DemoEmbedding);
        Tensor("mm.2.weight", DemoEmbedding, DemoEmbedding);
        Tensor("mm.2.bias", DemoEmbedding);
        return writer.ToArray();

        void Tensor(string name, params ReadOnlySpan<long> shape)
        {
            var count = 1L;
            foreach (var length in shape)
            {
                count *= length;
            }

            var weights = new float[count];
            for (var index = 0; index < count; index++)
            {
                weights[index] = (chance.NextSingle() - 0.5f) / 25;
            }

            writer.AddTensor(name, GgufTensorType.F32, shape, MemoryMarshal.AsBytes<float>(weights).ToArray());
        }
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "models", name);

    private static byte[] Noise(int count, int seed)
    {
        var noise = new byte[count];
        new Random(seed).NextBytes(noise);
        return noise;
    }
}
