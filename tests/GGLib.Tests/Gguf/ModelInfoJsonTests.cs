using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GGLib.Gguf;

namespace GGLib.Tests.Gguf;

/// <summary>The expected texts are what Ollama 0.33 answers for a file with the same header.</summary>
public sealed class ModelInfoJsonTests
{
    private static GgufWriter Tiny()
    {
        var writer = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("general.type", "model")
            .Add("general.name", "tiny")
            .Add("general.size_label", "140K")
            .Add("general.file_type", 0)
            .Add("general.license", "mit")
            .Add("general.quantization_version", 2)
            .Add("llama.block_count", 2)
            .Add("llama.context_length", 2048)
            .Add("llama.embedding_length", 64)
            .Add("llama.feed_forward_length", 128)
            .Add("llama.attention.head_count", 2)
            .Add("llama.attention.head_count_kv", 2)
            .Add("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .Add("llama.rope.freq_base", 10000f)
            .Add("llama.rope.dimension_count", 32)
            .Add("llama.vocab_size", 583)
            .Add("tokenizer.ggml.model", "llama")
            .Add("tokenizer.ggml.pre", "default")
            .Add("tokenizer.ggml.tokens", GgufArray.Of("<unk>", "<s>"))
            .Add("tokenizer.ggml.scores", GgufArray.Of(0f, -1f))
            .Add("tokenizer.ggml.token_type", GgufArray.Of(2, 3))
            .Add("tokenizer.ggml.bos_token_id", 1)
            .Add("tokenizer.ggml.eos_token_id", 260)
            .Add("tokenizer.ggml.unknown_token_id", 0)
            .Add("tokenizer.ggml.add_bos_token", false)
            .Add("tokenizer.ggml.add_eos_token", false)
            .Add("tokenizer.chat_template", "{{ x }}")
            .AddZeros("token_embd.weight", GgufTensorType.F16, 64, 583)
            .AddZeros("output_norm.weight", GgufTensorType.F32, 64)
            .AddZeros("output.weight", GgufTensorType.F16, 64, 583);
        for (var layer = 0; layer < 2; layer++)
        {
            writer
                .AddZeros($"blk.{layer}.attn_norm.weight", GgufTensorType.F32, 64)
                .AddZeros($"blk.{layer}.attn_q.weight", GgufTensorType.F16, 64, 64)
                .AddZeros($"blk.{layer}.attn_k.weight", GgufTensorType.F16, 64, 64)
                .AddZeros($"blk.{layer}.attn_v.weight", GgufTensorType.F16, 64, 64)
                .AddZeros($"blk.{layer}.attn_output.weight", GgufTensorType.F16, 64, 64)
                .AddZeros($"blk.{layer}.ffn_norm.weight", GgufTensorType.F32, 64)
                .AddZeros($"blk.{layer}.ffn_gate.weight", GgufTensorType.F16, 64, 128)
                .AddZeros($"blk.{layer}.ffn_up.weight", GgufTensorType.F16, 64, 128)
                .AddZeros($"blk.{layer}.ffn_down.weight", GgufTensorType.F16, 128, 64);
        }

        return writer;
    }

    [Fact]
    public void Model_info_is_what_Ollama_answers() => Assert.Equal(
        """{"general.architecture":"llama","general.file_type":0,"general.license":"mit","general.parameter_count":156864,"general.quantization_version":2,"general.size_label":"140K","general.type":"model","llama.attention.head_count":2,"llama.attention.head_count_kv":2,"llama.attention.layer_norm_rms_epsilon":0.00001,"llama.block_count":2,"llama.context_length":2048,"llama.embedding_length":64,"llama.feed_forward_length":128,"llama.rope.dimension_count":32,"llama.rope.freq_base":10000,"llama.vocab_size":583,"tokenizer.ggml.add_bos_token":false,"tokenizer.ggml.add_eos_token":false,"tokenizer.ggml.bos_token_id":1,"tokenizer.ggml.eos_token_id":260,"tokenizer.ggml.model":"llama","tokenizer.ggml.pre":"default","tokenizer.ggml.scores":null,"tokenizer.ggml.token_type":null,"tokenizer.ggml.tokens":null,"tokenizer.ggml.unknown_token_id":0}""",
        Info(Tiny(), verbose: false));

    [Fact]
    public void Verbose_model_info_has_the_arrays() => Assert.Contains(
        """
        "tokenizer.ggml.scores":[0,-1],"tokenizer.ggml.token_type":[2,3],"tokenizer.ggml.tokens":["<unk>","<s>"]
        """,
        Info(Tiny(), verbose: true),
        StringComparison.Ordinal);

    [Fact]
    public void Tensors_are_in_the_order_Ollama_has() => Assert.StartsWith(
        """[{"name":"output.weight","type":"F16","shape":[64,583]},{"name":"output_norm.weight","type":"F32","shape":[64]},{"name":"token_embd.weight","type":"F16","shape":[64,583]},{"name":"blk.0.attn_k.weight","type":"F16","shape":[64,64]},{"name":"blk.0.attn_norm.weight","type":"F32","shape":[64]},{"name":"blk.0.attn_output.weight","type":"F16","shape":[64,64]},{"name":"blk.0.attn_q.weight","type":"F16","shape":[64,64]},{"name":"blk.0.attn_v.weight","type":"F16","shape":[64,64]},{"name":"blk.0.ffn_down.weight","type":"F16","shape":[128,64]},{"name":"blk.0.ffn_gate.weight","type":"F16","shape":[64,128]},{"name":"blk.0.ffn_norm.weight","type":"F32","shape":[64]},{"name":"blk.0.ffn_up.weight","type":"F16","shape":[64,128]},{"name":"blk.1.attn_k.weight",""",
        Write(writer => ModelInfoJson.WriteTensors(writer, Read(Tiny()))),
        StringComparison.Ordinal);

    [Fact]
    public void Layers_are_ordered_by_number() => Assert.Equal(
        ["output", "blk.2.w", "blk.10.w"],
        JsonDocument.Parse(Write(writer => ModelInfoJson.WriteTensors(writer, Read(new GgufWriter()
            .AddZeros("blk.10.w", GgufTensorType.F32, 1).AddZeros("blk.2.w", GgufTensorType.F32, 1).AddZeros("output", GgufTensorType.F32, 1)))))
            .RootElement.EnumerateArray().Select(tensor => tensor.GetProperty("name").GetString()!));

    [Theory]
    [InlineData(0f, "0")]
    [InlineData(-0f, "-0")]
    [InlineData(1f, "1")]
    [InlineData(0.3f, "0.3")]
    [InlineData(1e-5f, "0.00001")]
    [InlineData(1.5e-6f, "0.0000015")]
    [InlineData(1e-6f, "0.000001")]
    [InlineData(1e-12f, "1e-12")]
    [InlineData(-1.25e-7f, "-1.25e-7")]
    [InlineData(1000000f, "1000000")]
    [InlineData(16777216f, "16777216")]
    [InlineData(1e20f, "100000000000000000000")]
    [InlineData(3.4e38f, "3.4e+38")]
    [InlineData(float.NaN, "null")]
    [InlineData(float.PositiveInfinity, "null")]
    public void Floats_are_laid_out_as_Go_does(float value, string expected) =>
        Assert.Equal($$"""{"general.parameter_count":0,"x":{{expected}}}""", Info(new GgufWriter().Add("x", value), verbose: false));

    [Fact]
    public void Integers_keep_all_their_digits() => Assert.Equal(
        """{"a":18446744073709551615,"b":-9223372036854775808,"c":0.1,"d":123456789012345680000,"general.parameter_count":0}""",
        Info(new GgufWriter().Add("a", GgufValue.Of(ulong.MaxValue)).Add("b", GgufValue.Of(long.MinValue)).Add("c", GgufValue.Of(0.1)).Add("d", GgufValue.Of(123456789012345680000d)), verbose: false));

    [Fact]
    public void An_empty_array_is_empty_and_a_nested_one_is_nested()
    {
        var writer = new GgufWriter().Add("e", GgufArray.Of(Array.Empty<int>())).Add("n", GgufArray.Of(GgufArray.Of(1), GgufArray.Of(true)));

        Assert.Equal("""{"e":[],"general.parameter_count":0,"n":null}""", Info(writer, verbose: false));
        Assert.Equal("""{"e":[],"general.parameter_count":0,"n":[[1],[true]]}""", Info(writer, verbose: true));
    }

    [Fact]
    public void The_base_name_can_be_the_name_asked_for() => Assert.Equal(
        """{"general.basename":"my:tag","general.parameter_count":7}""",
        Write(json => ModelInfoJson.Write(json, Read(new GgufWriter().Add("general.basename", "old")), verbose: false, parameterCount: 7, baseName: "my:tag")));

    private static string Info(GgufWriter writer, bool verbose) => Write(json => ModelInfoJson.Write(json, Read(writer), verbose));

    private static GgufFile Read(GgufWriter writer) => GgufFile.Read(new MemoryStream(writer.ToArray()), GgufReadOptions.LargeArrays);

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
