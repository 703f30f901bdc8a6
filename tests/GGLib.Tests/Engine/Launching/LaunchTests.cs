using System.Collections.Frozen;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Launching;

/// <summary>The numbers and the command line of a child.</summary>
public sealed class LaunchTests
{
    private const string Plain = "--model /m.gguf --alias a --host /run/1.sock --ctx-size 8192 --parallel 4";

    private static readonly EngineModel Model = new() { Key = "m", Path = "/m.gguf", SizeBytes = 1000, TrainingContext = 131072, KvBytesPerToken = 100 };

    [Theory]
    [InlineData(null, null, null, 1_000_000_000L, 32768, 4)]
    [InlineData(null, null, null, 1000L + (2 * 100 * 10_000), 9984, 1)]
    [InlineData(null, null, null, 0L, 4096, 1)]
    [InlineData(512, null, null, 1_000_000_000L, 512, 4)]
    [InlineData(1, null, null, 1_000_000_000L, 4, 4)]
    [InlineData(500_000, null, null, 1_000_000_000L, 131072, 4)]
    [InlineData(null, 2048, null, 1_000_000_000L, 2048, 4)]
    [InlineData(8192, 2048, 2, 0L, 8192, 2)]
    public void Context_and_slots_follow_request_settings_and_memory(int? asked, int? configured, int? parallel, long available, int context, int slots)
    {
        var plan = LaunchPlan.For(Model, new EngineSettings { ContextLength = configured, Parallel = parallel }, asked, available);

        Assert.Equal((context, slots, 1000 + (100L * context * slots)), (plan.ContextLength, plan.Slots, plan.WeightBytes + plan.CacheBytes));
    }

    [Fact]
    public void An_embedding_model_gets_all_it_was_trained_for() =>
        Assert.Equal(512, LaunchPlan.For(Model with { IsEmbedding = true, TrainingContext = 512, KvBytesPerToken = 0 }, new EngineSettings(), null, 1_000_000).ContextLength);

    [Fact]
    public void The_plain_command_line() =>
        Assert.Equal("--model /m.gguf --alias a --host /run/1.sock --ctx-size 8192 --parallel 4", Arguments(Model, new EngineSettings()));

    [Fact]
    public void Every_setting_on_the_command_line() =>
        Assert.Equal(
            "--model /m.gguf --alias a --host /run/1.sock --ctx-size 8192 --parallel 4 --mmproj /p.gguf --cache-type-k q8_0 --cache-type-v q8_0 --flash-attn on --jinja --offline --no-ui --cache-ram 512",
            Arguments(
                Model with { ProjectorPath = "/p.gguf" },
                new EngineSettings { KvCacheType = "q8_0", FlashAttention = true },
                "--jinja", "--offline", "--no-ui", "--no-webui", "--cache-ram", "--cache-type-k", "--cache-type-v", "--flash-attn"));

    [Fact]
    public void Flags_that_the_binary_does_not_know_are_left_out() =>
        Assert.Equal("--model /m.gguf --alias a --host /run/1.sock --ctx-size 8192 --parallel 4", Arguments(Model, new EngineSettings { KvCacheType = "q8_0", FlashAttention = true }, "--cache-type-k"));

    [Theory]
    [InlineData("f32", 400)]
    [InlineData("f16", 200)]
    [InlineData("q8_0", 106)]
    [InlineData("q4_0", 56)]
    public void A_cache_of_another_type_takes_another_share(string type, long bytesPerToken) =>
        Assert.Equal(bytesPerToken * 512, LaunchPlan.For(Model with { KvBytesPerToken = 200 }, new EngineSettings { KvCacheType = type, Parallel = 1 }, 512, 1_000_000_000).CacheBytes);

    [Fact]
    public void What_a_section_sets_on_the_command_line() =>
        Assert.Equal(
            "--model /m.gguf --alias a --host /run/1.sock --ctx-size 8192 --parallel 4 --batch-size 64 --ubatch-size 64 --n-gpu-layers 0 --split-mode none --main-gpu 1 --threads 3 --load-mode none --no-warmup --seed -1",
            Arguments(Model, new EngineSettings { Batch = 64, GpuLayers = 0, MainGpu = 1, Threads = 3, Mmap = false, Arguments = ["--no-warmup", "--seed", "-1"] }, "--load-mode", "--no-mmap"));

    [Theory]
    [InlineData(true, "--load-mode", " --load-mode mmap")]
    [InlineData(false, "--no-mmap", " --no-mmap")]
    [InlineData(true, "--no-mmap", "")]
    [InlineData(false, "--other", "")]
    public void Mapping_is_said_in_the_binarys_own_words(bool mmap, string known, string expected) =>
        Assert.Equal("--model /m.gguf --alias a --host /run/1.sock --ctx-size 8192 --parallel 4" + expected, Arguments(Model, new EngineSettings { Mmap = mmap }, known));

    [Fact]
    public void How_a_section_splits_a_model_over_graphics_cards() =>
        Assert.Equal(
            Plain + " --split-mode row --tensor-split 3,1.5 --main-gpu 1 --threads-batch 2",
            Arguments(Model, new EngineSettings { SplitMode = "row", TensorSplit = [3, 1.5], MainGpu = 1, ThreadsBatch = 2 }, "--threads-batch"));

    [Theory]
    [InlineData(null, "q8_0", null, " --cache-type-k q8_0")]
    [InlineData(null, null, "q4_0", " --cache-type-v q4_0")]
    [InlineData("q8_0", null, "f16", " --cache-type-k q8_0 --cache-type-v f16")]
    public void Keys_and_values_have_types_of_their_own(string? both, string? keys, string? values, string expected) =>
        Assert.Equal(Plain + expected, Arguments(Model, new EngineSettings { KvCacheType = both, KvCacheTypeK = keys, KvCacheTypeV = values }, "--cache-type-k", "--cache-type-v"));

    [Fact]
    public void A_cache_of_two_types_takes_what_lies_between() =>
        Assert.Equal((400 + 56) / 2 * 512, LaunchPlan.For(Model with { KvBytesPerToken = 200 }, new EngineSettings { KvCacheTypeK = "f32", KvCacheTypeV = "q4_0", KvCacheType = "q8_0", Parallel = 1 }, 512, 1_000_000_000).CacheBytes);

    [Fact]
    public void A_models_own_adapters_give_way_to_those_of_its_section()
    {
        var model = Model with { AdapterPaths = ["/own.gguf"] };

        Assert.Equal(Plain + " --lora /own.gguf", Arguments(model, new EngineSettings()));
        Assert.Equal(Plain + " --lora /a.gguf --lora-scaled /b.gguf:0.5", Arguments(model, new EngineSettings { Adapters = [new("/a.gguf"), new("/b.gguf", 0.5)] }));
        Assert.Equal(Plain, Arguments(model, new EngineSettings { Adapters = [] }));
    }

    [Theory]
    [InlineData(null, null, "--spec-type", " --spec-draft-model /own.gguf --spec-type draft-simple")]
    [InlineData(null, 4, "--spec-type", " --spec-draft-model /own.gguf --spec-type draft-simple --spec-draft-n-max 4")]
    [InlineData("/other.gguf", null, "--spec-type", " --spec-draft-model /other.gguf --spec-type draft-simple")]
    [InlineData(null, 0, "--spec-type", "")]
    [InlineData(null, null, "--other", " --spec-draft-model /own.gguf")]
    public void A_draft_model_is_named_with_its_kind_because_it_is_not_used_else(string? section, int? tokens, string known, string expected) =>
        Assert.Equal(Plain + expected, Arguments(Model with { DraftPath = "/own.gguf" }, new EngineSettings { DraftModel = section, DraftTokens = tokens }, "--spec-draft-model", "--spec-draft-n-max", known));

    [Theory]
    [InlineData(new[] { "ngram-mod" }, " --spec-type ngram-mod")]
    [InlineData(new[] { "draft-mtp", "ngram-mod" }, " --spec-type draft-mtp,ngram-mod --spec-draft-n-max 3")]
    public void Drafting_without_a_model(string[] types, string expected) =>
        Assert.Equal(Plain + expected, Arguments(Model, new EngineSettings { Speculative = types, DraftTokens = 3 }, "--spec-type", "--spec-draft-n-max"));

    [Fact]
    public void Files_that_a_section_adds_are_weights_too() =>
        Assert.Equal(1500, LaunchPlan.For(Model, new EngineSettings { AttachedBytes = 500 }, null, 1_000_000_000).WeightBytes);

    [Fact]
    public void A_request_says_how_many_tokens_are_drafted_before_section_and_store()
    {
        var model = Model with { Stored = new LoadOptions { DraftTokens = 2 } };

        Assert.Equal(2, new EngineSettings().Over(model).DraftTokens);
        Assert.Equal(3, new EngineSettings { DraftTokens = 3 }.Over(model).DraftTokens);
        Assert.Equal(5, new EngineSettings { DraftTokens = 3 }.With(new LoadOptions { DraftTokens = 5 }).Over(model).DraftTokens);
        Assert.False(new LoadOptions { DraftTokens = 5 }.IsServedBy(new LoadOptions { DraftTokens = 3 }));
    }

    [Fact]
    public void Layers_left_open_are_left_to_llama_server() => Assert.Equal(Arguments(Model, new EngineSettings()), Arguments(Model, new EngineSettings { GpuLayers = -1 }));

    [Fact]
    public void What_a_request_says_of_its_launch_goes_before_settings_and_says_so()
    {
        var settings = new EngineSettings { Threads = 2, Batch = 32 }.With(new LoadOptions { Threads = 8 });
        var arguments = LaunchArguments.For(Binary(), Model, new LaunchPlan(2048, 4, 0), settings, RunnerAddress.UnixSocket("/run/1.sock"), "a", "t.jinja");

        Assert.Contains(new LaunchArgument("--threads", "8", new ValueOrigin(OriginKind.Request, "num_thread")), arguments);
        Assert.Contains(new LaunchArgument("--batch-size", "32", ValueOrigin.Default), arguments);
    }

    [Theory]
    [InlineData("--good", null)]
    [InlineData("-1", null)]
    [InlineData("value", null)]
    [InlineData("--bad", "llama-server 0.7.0 knows no flag '--bad'")]
    [InlineData("--model", "'--model' cannot be given here: gglib names the model itself")]
    [InlineData("-c", "'-c' cannot be given here: say contextLength instead")]
    public void An_argument_that_llama_server_would_die_of_is_refused(string argument, string? refusal) =>
        Assert.Equal(refusal, ExtraArguments.Refusal(Binary("--good"), argument));

    [Fact]
    public void Older_binaries_are_told_in_their_own_words() =>
        Assert.Equal("--model /m.gguf --alias a --host /run/1.sock --ctx-size 8192 --parallel 4 --flash-attn off --no-webui", Arguments(Model, new EngineSettings { FlashAttention = false }, "--no-webui", "--flash-attn"));

    [Theory]
    [InlineData(false, "--embedding --batch-size 2048 --ubatch-size 2048")]
    [InlineData(true, "--embedding --batch-size 2048 --ubatch-size 2048 --pooling rank")]
    public void An_embedding_models_batch_holds_a_whole_input(bool reranker, string expected) =>
        Assert.Equal($"--model /m.gguf --alias a --host /run/1.sock --ctx-size 8192 --parallel 4 {expected}", Arguments(Model with { IsEmbedding = true, IsReranker = reranker }, new EngineSettings()));

    [Fact]
    public void A_context_of_millions_for_each_slot_does_not_overflow()
    {
        var plan = LaunchPlan.For(Model with { TrainingContext = 0, KvBytesPerToken = 0 }, new EngineSettings(), int.MaxValue, 1_000_000);
        var arguments = LaunchArguments.For(Binary(), Model, plan, new EngineSettings(), RunnerAddress.UnixSocket("/run/1.sock"), "a", "t.jinja");

        Assert.True(long.Parse(arguments.Single(argument => argument.Flag == "--ctx-size").Value!, System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    private static string Arguments(EngineModel model, EngineSettings settings, params string[] flags) =>
        string.Join(' ', LaunchArgument.Flatten(LaunchArguments.For(Binary(flags), model, new LaunchPlan(2048, 4, 0), settings, RunnerAddress.UnixSocket("/run/1.sock"), "a", "t.jinja")));

    private static EngineBinary Binary(params string[] flags) => new()
    {
        Path = "/llama-server",
        Command = ["/llama-server"],
        Origin = EngineOrigin.Configured,
        Version = "0.7.0",
        Flags = flags.ToFrozenSet(),
    };
}
