using System.Text;
using GGLib.Gguf;

namespace GGLib.Tests.Gguf;

public sealed class ModelFactsTests
{
    [Fact]
    public void Knows_the_demo_chat_model()
    {
        var facts = ModelFacts.From(GgufFile.Read(Repository.Model("demo-chat")));

        Assert.Equal((ModelFileKind.Model, "llama", "3.48M", "Q8_0"), (facts.Kind, facts.Architecture, facts.ParameterSize, facts.Quantization));
        Assert.Equal((4096, 256, 5), (facts.ContextLength, facts.EmbeddingLength, facts.BlockCount));
        Assert.Equal((4, 2, 64, 64), (facts.HeadCount, facts.HeadCountKv, facts.KeyLength, facts.ValueLength));
        Assert.Equal(5 * 2 * (64 + 64) * 2, facts.KvBytesPerToken);
        Assert.Equal(["completion", "tools", "insert", "thinking"], facts.Capabilities);
        Assert.StartsWith("{%- if tools %}", facts.ChatTemplate, StringComparison.Ordinal);
        Assert.Equal(("gglib demo", "CC0-1.0", false), (facts.Title, facts.License, facts.IsReranker));
    }

    [Fact]
    public void Knows_the_demo_embedding_model()
    {
        var facts = ModelFacts.From(GgufFile.Read(Repository.Model("demo-embed")));

        Assert.Equal(("bert", 512, 128, 1), (facts.Architecture, facts.ContextLength, facts.EmbeddingLength, facts.PoolingType));
        Assert.Equal(["embedding"], facts.Capabilities);
        Assert.Equal(0, facts.KvBytesPerToken);
        Assert.Null(facts.ChatTemplate);
    }

    [Fact]
    public void Knows_the_random_model()
    {
        var facts = ModelFacts.From(GgufFile.Read(Repository.Model("tiny-random")));

        Assert.Equal(("llama", 4096, "Q8_0"), (facts.Architecture, facts.ContextLength, facts.Quantization));
        Assert.Equal(["completion", "tools", "insert", "thinking"], facts.Capabilities);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(1_000, "1K")]
    [InlineData(1_500, "2K")]
    [InlineData(2_500, "2K")]
    [InlineData(156_864, "157K")]
    [InlineData(1_000_000, "1M")]
    [InlineData(1_125_000, "1.12M")]
    [InlineData(1_375_000, "1.38M")]
    [InlineData(137_000_000, "137M")]
    [InlineData(494_032_768, "494.03M")]
    [InlineData(751_632_384, "751.63M")]
    [InlineData(8_000_000_000, "8B")]
    [InlineData(8_030_261_312, "8.0B")]
    [InlineData(8_250_000_000, "8.2B")]
    [InlineData(70_553_706_496, "70.6B")]
    public void Prints_parameter_counts_as_Ollama_does(long count, string expected) =>
        Assert.Equal(expected, Facts(Llama().Add("general.parameter_count", GgufValue.Of((ulong)count)).AddZeros("t", GgufTensorType.F32, 0)).ParameterSize);

    [Theory]
    [InlineData(null, "unknown")]
    [InlineData(0u, "unknown")]
    [InlineData(1u, "F16")]
    [InlineData(4u, "MXFP4")]
    [InlineData(7u, "Q8_0")]
    [InlineData(15u, "Q4_K_M")]
    [InlineData(18u, "Q6_K")]
    [InlineData(32u, "BF16")]
    [InlineData(38u, "MXFP4_MOE")]
    [InlineData(40u, "Q1_0")]
    [InlineData(41u, "Q2_0")]
    [InlineData(1024u, "unknown")]
    public void Names_the_quantization_as_Ollama_does(uint? fileType, string expected) =>
        Assert.Equal(expected, Facts(fileType is { } number ? Llama().Add("general.file_type", number) : Llama()).Quantization);

    [Fact]
    public void Counts_parameters_from_the_tensors_unless_the_file_states_them()
    {
        Assert.Equal(12, Facts(Llama().AddZeros("a", GgufTensorType.F32, 2, 5).AddZeros("b", GgufTensorType.F32, 2)).ParameterCount);
        Assert.Equal(99, Facts(Llama().AddZeros("a", GgufTensorType.F32, 2).Add("general.parameter_count", 99)).ParameterCount);
    }

    [Fact]
    public void Costs_of_a_token_follow_the_layers()
    {
        var model = Llama().Add("llama.block_count", 4).Add("llama.embedding_length", 64).Add("llama.attention.head_count", 8);

        Assert.Equal(4 * 8 * (8 + 8) * 2, Facts(model).KvBytesPerToken);
        Assert.Equal(4 * 2 * (8 + 8) * 2, Facts(model.Add("llama.attention.head_count_kv", 2)).KvBytesPerToken);
        var perLayer = Facts(model.Add("llama.attention.head_count_kv", GgufArray.Of(4, 0, 2, 0)));
        Assert.Equal((6 * (8 + 8) * 2, 4), (perLayer.KvBytesPerToken, perLayer.HeadCountKv));
        Assert.Equal(6 * (10 + 20) * 2, Facts(model.Add("llama.attention.key_length", 10).Add("llama.attention.value_length", 20)).KvBytesPerToken);
        Assert.Equal(4 * 2 * (10 + 20) * 2 / 4, Facts(model.Add("llama.attention.head_count_kv", 2).Add("llama.full_attention_interval", 4)).KvBytesPerToken);
    }

    [Fact]
    public void Absurd_numbers_saturate()
    {
        var facts = Facts(Llama()
            .Add("llama.block_count", GgufValue.Of(long.MaxValue))
            .Add("llama.attention.head_count", GgufValue.Of(long.MaxValue))
            .Add("llama.attention.key_length", GgufValue.Of(long.MaxValue))
            .Add("llama.context_length", GgufValue.Of(-5))
            .Add("llama.embedding_length", "wide")
            .Add("llama.pooling_type", GgufValue.Of(long.MaxValue)));

        Assert.Equal((long.MaxValue, 0, 0, int.MaxValue), (facts.KvBytesPerToken, facts.ContextLength, facts.EmbeddingLength, facts.PoolingType));
    }

    [Theory]
    [InlineData("Hello {{ x }}", "completion")]
    [InlineData("{% if tools %}", "completion,tools")]
    [InlineData("{{ m.tool_calls }}", "completion,tools")]
    [InlineData("<think>{{ x }}</think>", "completion,thinking")]
    [InlineData("<think>", "completion")]
    [InlineData("content.split('</think>')[-1]", "completion,thinking")]
    [InlineData("{% if enable_thinking %}", "completion,thinking")]
    [InlineData("{{ tools }}<think></think>", "completion,tools,thinking")]
    public void Reads_capabilities_from_the_template(string template, string expected) =>
        Assert.Equal(expected, Capabilities(Llama().Add("tokenizer.chat_template", template)));

    [Fact]
    public void Reads_capabilities_from_the_keys()
    {
        Assert.Equal("completion", Capabilities(Llama()));
        Assert.Equal("completion,thinking", Capabilities(new GgufWriter().Add("general.architecture", "gpt-oss")));
        Assert.Equal("completion,tools", Capabilities(Llama().Add("tokenizer.chat_template.tool_use", "x")));
        Assert.Equal("completion,vision,audio", Capabilities(Llama().Add("llama.vision.block_count", 2).Add("llama.audio.block_count", 2)));
        Assert.Equal("completion,insert", Capabilities(Fim("fim_pre", "fim_suf", "fim_mid")));
        Assert.Equal("completion,insert", Capabilities(Fim("prefix", "suffix", "middle")));
        Assert.Equal("completion", Capabilities(Fim("prefix", "suffix")));
        Assert.Equal("embedding", Capabilities(Llama().Add("llama.pooling_type", 1).Add("tokenizer.chat_template", "{{ tools }}<think></think>")));
        Assert.Equal("embedding", Capabilities(new GgufWriter().Add("general.architecture", "nomic-bert")));
        Assert.True(Facts(new GgufWriter().Add("general.architecture", "bert").Add("bert.pooling_type", 4)).IsReranker);
    }

    [Theory]
    [InlineData("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", true)]
    [InlineData("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", true)]
    [InlineData("<PRE>", "▁<SUF>", "<MID>", true)]
    [InlineData("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_pad|>", false)]
    public void Finds_the_fill_in_tokens_anywhere_in_a_vocabulary(string prefix, string suffix, string middle, bool expected)
    {
        var tokens = Enumerable.Range(0, 7000).Select(index => "token" + index).ToArray();
        (tokens[1], tokens[5000], tokens[^1]) = (prefix, middle, suffix);
        GgufWriter Padded(int padding) => Llama().Add("pad", new string('p', padding)).Add("tokenizer.ggml.tokens", GgufArray.Of(tokens));
        var at = Padded(0).ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(middle));

        // The reader's buffer is 128 KiB: one of the tokens lies across its end at every possible place.
        for (var split = -9; split <= middle.Length + 9; split++)
        {
            Assert.Equal(expected ? "completion,insert" : "completion", Capabilities(Padded((128 * 1024) - at - split)));
        }
    }

    [Fact]
    public void Tells_models_from_what_goes_with_them()
    {
        Assert.Equal(ModelFileKind.Projector, Facts(new GgufWriter().Add("general.architecture", "clip")).Kind);
        Assert.Equal(ModelFileKind.Projector, Facts(Llama().Add("general.type", "mmproj")).Kind);
        Assert.Equal(ModelFileKind.Adapter, Facts(Llama().Add("general.type", "adapter").Add("adapter.type", "lora")).Kind);
        Assert.Equal(ModelFileKind.Other, Facts(new GgufWriter().Add("general.type", "imatrix")).Kind);
        Assert.Equal(ModelFileKind.Other, Facts(new GgufWriter()).Kind);
    }

    [Fact]
    public void A_projector_adds_what_it_sees_and_hears()
    {
        var model = Facts(Llama().Add("tokenizer.chat_template", "{{ tools }}"));
        var eyes = Facts(new GgufWriter().Add("general.architecture", "clip"));
        var ears = Facts(new GgufWriter().Add("general.architecture", "clip").Add("clip.has_audio_encoder", true));

        Assert.Equal(["completion", "vision", "tools"], model.With(eyes).Capabilities);
        Assert.Equal(["completion", "audio", "tools"], model.With(ears).Capabilities);
    }

    [Fact]
    public void Lists_the_named_templates() =>
        Assert.Equal(["rag", "tool_use"], Facts(Llama().Add("tokenizer.chat_template", "x").Add("tokenizer.chat_template.tool_use", "y").Add("tokenizer.chat_template.rag", "z")).NamedTemplates);

    private static GgufWriter Llama() => new GgufWriter().Add("general.architecture", "llama");

    private static GgufWriter Fim(params string[] names) =>
        names.Aggregate(Llama(), (writer, name) => writer.Add($"tokenizer.ggml.{name}_token_id", 7));

    private static string Capabilities(GgufWriter writer) => string.Join(',', Facts(writer).Capabilities);

    private static ModelFacts Facts(GgufWriter writer) => ModelFacts.From(Read(writer));

    private static GgufFile Read(GgufWriter writer) => GgufFile.Read(new MemoryStream(writer.ToArray()));
}
