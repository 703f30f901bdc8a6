using GGLib.Engine.Installation;

namespace GGLib.Tests.Engine.Installation;

public sealed class HelpTextTests
{
    /// <summary>Lines of llama-server 0.7.0's own <c>--help</c>, the awkward ones.</summary>
    private const string Excerpt = """
        ----- common params -----

        -h,    --help, --usage                  print usage and exit
        -Crb,  --cpu-range-batch lo-hi          ranges of CPUs for affinity. Complements --cpu-mask-batch
        --poll <0...100>                        use polling level to wait for work (0 - no polling, default: 50)
        -n,    --predict, --n-predict N         number of tokens to predict (default: -1, -1 = infinity)
                                                (env: LLAMA_ARG_N_PREDICT)
        -fa,   --flash-attn [on|off|auto]       set Flash Attention use ('on', 'off', or 'auto', default: 'auto')
        --perf, --no-perf                       whether to enable internal libllama performance timings (default:
                                                false)
        -kvo,  --kv-offload, -nkvo, --no-kv-offload
                                                whether to enable KV cache offloading (default: enabled)
        -lm,   --load-mode MODE                 model loading mode (default: auto)
                                                - auto: mmap, unless a device does not support it
                                                - none: no special loading mode
        -ot,   --override-tensor <tensor name pattern>=<buffer type>,...
                                                override tensor buffer type
        -ncmoe, --n-cpu-moe N                   keep the Mixture of Experts (MoE) weights of the first N layers in the
        -ts,   --tensor-split N0,N1,N2,...      fraction of the model to offload to each GPU, comma-separated list of
        --override-kv KEY=TYPE:VALUE,...        advanced option to override model metadata by key. to specify multiple
        -kvu,  --kv-unified, -no-kvu, --no-kv-unified
                                                use single unified KV buffer shared across all sequences (default:
                                                --removed-flag is not introduced here)
        --ui, --webui, --no-ui, --no-webui      whether to enable the Web UI (default: enabled)
        --fim-qwen-1.5b-default                 use default Qwen 2.5 Coder 1.5B (note: can download weights from the

        ----- server params -----
        """;

    [Fact]
    public void Every_spelling_of_a_flag_is_found_and_nothing_else()
    {
        string[] expected =
        [
            "-h", "--help", "--usage", "-Crb", "--cpu-range-batch", "--poll", "-n", "--predict", "--n-predict", "-fa", "--flash-attn",
            "--perf", "--no-perf", "-kvo", "--kv-offload", "-nkvo", "--no-kv-offload", "-lm", "--load-mode", "-ot", "--override-tensor",
            "-ncmoe", "--n-cpu-moe", "-ts", "--tensor-split", "--override-kv", "-kvu", "--kv-unified", "-no-kvu", "--no-kv-unified",
            "--ui", "--webui", "--no-ui", "--no-webui", "--fim-qwen-1.5b-default",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), HelpText.Flags(Excerpt).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_words_of_a_flag_are_those_on_its_line()
    {
        const string Help = """
            --spec-type none,draft-simple,ngram-mod comma-separated list of types of speculative decoding to use (default:
                                                    none)
            -sm,   --split-mode {none,layer}        how to split the model
            --spec-draft-sampling {greedy,probabilistic}
            """;

        Assert.Equal(["none", "draft-simple", "ngram-mod"], HelpText.Words(Help, "--spec-type"));
        Assert.Equal(["greedy", "probabilistic"], HelpText.Words(Help, "--spec-draft-sampling"));
        Assert.Empty(HelpText.Words(Help, "--spec"));
    }

    [Fact]
    public void Windows_line_endings_change_nothing() =>
        Assert.Equal(HelpText.Flags(Excerpt), HelpText.Flags(Excerpt.ReplaceLineEndings("\r\n")));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("--")]
    [InlineData("---- heading ----")]
    [InlineData("-,-,-")]
    [InlineData("  --indented")]
    public void Noise_gives_no_flags(string help) => Assert.Empty(HelpText.Flags(help));
}
