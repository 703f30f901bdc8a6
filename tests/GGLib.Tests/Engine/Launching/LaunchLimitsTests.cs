using GGLib.Engine.Installation;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Launching;

/// <summary>The bounds of the launch options that clients control. The engine's own bounds were found with llama-server 0.7.0.</summary>
public sealed class LaunchLimitsTests
{
    private const int Processors = 2;

    private static readonly EngineModel Model = new() { Key = "m", Path = "/m.gguf", SizeBytes = 1000, TrainingContext = 131072, KvBytesPerToken = 100 };

    [Theory]
    [InlineData(int.MinValue, null)]
    [InlineData(-1, null)]
    [InlineData(0, null)]
    [InlineData(1, 4)]
    [InlineData(3, 4)]
    [InlineData(4, 4)]
    [InlineData(5, 5)]
    [InlineData(512, 512)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 4096)]
    [InlineData(int.MaxValue, 4096)]
    public void A_batch_holds_a_token_of_each_slot_and_no_more_than_memory_allows(int asked, int? expected) =>
        Assert.Equal(expected, Clamp(new LoadOptions { Batch = asked }).Batch);

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(1, 8, 8)]
    [InlineData(16, 8, 16)]
    [InlineData(4096, 5000, 5000)]
    public void A_batch_follows_the_configured_slots(int asked, int parallel, int expected) =>
        Assert.Equal(expected, Clamp(new LoadOptions { Batch = asked }, settings: new EngineSettings { Parallel = parallel }).Batch);

    [Theory]
    [InlineData(1, 4)]
    [InlineData(8192, 8192)]
    [InlineData(int.MaxValue, 131072)]
    public void An_embedding_models_batch_may_hold_a_whole_input(int asked, int expected) =>
        Assert.Equal(expected, Clamp(new LoadOptions { Batch = asked }, Model with { IsEmbedding = true }).Batch);

    [Theory]
    [InlineData(1, 2048)]
    [InlineData(3000, 3000)]
    public void A_batch_holds_all_tokens_of_an_image(int asked, int expected) =>
        Assert.Equal(expected, Clamp(new LoadOptions { Batch = asked }, Model with { ProjectorPath = "/p.gguf" }).Batch);

    [Theory]
    [InlineData(int.MinValue, null)]
    [InlineData(0, null)]
    [InlineData(1, 1)]
    [InlineData(8, 8)]
    [InlineData(9, 8)]
    [InlineData(1_000_000, 8)]
    [InlineData(int.MaxValue, 8)]
    public void Threads_are_at_most_four_times_the_processors(int asked, int? expected) =>
        Assert.Equal(expected, Clamp(new LoadOptions { Threads = asked }).Threads);

    [Theory]
    [InlineData(int.MinValue, null)]
    [InlineData(-1, null)]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(999, 999)]
    [InlineData(int.MaxValue, 1024)]
    public void Layers_beyond_any_models_are_all_layers(int asked, int? expected) =>
        Assert.Equal(expected, Clamp(new LoadOptions { GpuLayers = asked }).GpuLayers);

    [Theory]
    [InlineData(int.MinValue, 2, null)]
    [InlineData(-1, 2, null)]
    [InlineData(0, 2, 0)]
    [InlineData(1, 2, 1)]
    [InlineData(2, 2, null)]
    [InlineData(int.MaxValue, 2, null)]
    [InlineData(1, 0, 1)]
    public void A_gpu_that_does_not_exist_is_left_to_the_engine_to_choose(int asked, int gpus, int? expected) =>
        Assert.Equal(expected, Clamp(new LoadOptions { MainGpu = asked }, devices: gpus).MainGpu);

    [Theory]
    [InlineData(int.MinValue, null)]
    [InlineData(-1, null)]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(int.MaxValue, 1024)]
    public void Drafted_tokens_have_a_most(int asked, int? expected) =>
        Assert.Equal(expected, Clamp(new LoadOptions { DraftTokens = asked }).DraftTokens);

    [Theory]
    [InlineData(int.MinValue, 4096, null)]
    [InlineData(0, 4096, null)]
    [InlineData(1, 4096, 1)]
    [InlineData(4097, 4096, 4096)]
    [InlineData(int.MaxValue, 4096, 4096)]
    [InlineData(int.MaxValue, 0, int.MaxValue)]
    public void A_context_is_at_most_what_the_model_was_trained_for(int asked, int trained, int? expected) =>
        Assert.Equal(expected, LaunchLimits.Clamp(asked, Model with { TrainingContext = trained }));

    [Theory]
    [InlineData(null, 4, null)]
    [InlineData(536_870_911, 4, null)]
    [InlineData(536_870_912, 4, "a context of 536870912 tokens is not supported: with 4 parallel requests the most is 536870911")]
    [InlineData(int.MaxValue, 1, null)]
    public void A_context_that_the_engine_has_no_number_for_is_refused(int? context, int parallel, string? expected) =>
        Assert.Equal(expected, LaunchLimits.Refusal(context, new EngineSettings { Parallel = parallel }));

    [Fact]
    public void Other_options_stay_and_so_do_options_in_range()
    {
        var options = new LoadOptions { GpuLayers = 3, MainGpu = 0, Threads = 2, Batch = 64, Mmap = false, DraftTokens = 2, ContextShift = true };

        Assert.Equal(options, Clamp(options));
        Assert.Same(LoadOptions.None, Clamp(LoadOptions.None));
    }

    [Theory]
    [InlineData("--batch-size 4 --ubatch-size 4", 1, 4, false)]
    [InlineData("--batch-size 2 --ubatch-size 2", 1, 1, false)]
    [InlineData("--batch-size 64 --ubatch-size 64", 64, 4, false)]
    [InlineData("--embedding --batch-size 8 --ubatch-size 8", null, 8, true)]
    public void Whoever_sets_the_batch_the_engine_is_not_started_with_one_that_it_aborts_of(string expected, int? configured, int slots, bool embedding)
    {
        var binary = new EngineBinary { Path = "/llama-server", Command = ["/llama-server"], Origin = EngineOrigin.Configured, Version = "0.7.0", Flags = System.Collections.Frozen.FrozenSet<string>.Empty };
        var arguments = LaunchArguments.For(binary, Model with { IsEmbedding = embedding }, new LaunchPlan(4, slots, 0), new EngineSettings { Batch = configured }, RunnerAddress.UnixSocket("/run/1.sock"), "a", "t.jinja");

        Assert.EndsWith(expected, string.Join(' ', LaunchArgument.Flatten(arguments)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_raised_batch_says_so()
    {
        var binary = new EngineBinary { Path = "/llama-server", Command = ["/llama-server"], Origin = EngineOrigin.Configured, Version = "0.7.0", Flags = System.Collections.Frozen.FrozenSet<string>.Empty };
        var settings = new EngineSettings().With(new LoadOptions { Batch = 1 });
        var arguments = LaunchArguments.For(binary, Model, new LaunchPlan(2048, 4, 0), settings, RunnerAddress.UnixSocket("/run/1.sock"), "a", "t.jinja");

        Assert.Equal("num_batch, 1 raised to the least that llama-server takes", arguments.Single(argument => argument.Flag == "--batch-size").Origin.Text);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(512, 0)]
    [InlineData(4096, (4096 - 512) * 32768L * 4)]
    public void A_large_batch_takes_memory(int? batch, long expected)
    {
        var settings = new EngineSettings { ContextLength = 32768, Parallel = 1 };
        var without = LaunchPlan.For(Model, settings, null, 1_000_000_000).MemoryBytes;

        Assert.Equal(without + expected, LaunchPlan.For(Model, settings with { Batch = batch }, null, 1_000_000_000).MemoryBytes);
    }

    [Theory]
    [InlineData(long.MaxValue, int.MaxValue)]
    [InlineData(1L << 40, int.MaxValue)]
    public void A_file_that_claims_any_sizes_needs_more_than_there_is_instead_of_less_than_nothing(long bytesPerToken, int context)
    {
        var plan = LaunchPlan.For(Model with { KvBytesPerToken = bytesPerToken, TrainingContext = 0 }, new EngineSettings { Batch = int.MaxValue, Parallel = int.MaxValue }, context, 1_000_000_000);

        Assert.True(plan.MemoryBytes > 1L << 50, $"{plan.MemoryBytes} bytes");
    }

    private static LoadOptions Clamp(LoadOptions options, EngineModel? model = null, EngineSettings? settings = null, int devices = 0) =>
        LaunchLimits.Clamp(options, model ?? Model, settings ?? new EngineSettings(), devices, Processors);
}
