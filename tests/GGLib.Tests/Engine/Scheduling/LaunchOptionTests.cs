using System.Collections.Immutable;
using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;
using GGLib.Tests.Engine.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Engine.Scheduling;

/// <summary>Launch options of requests, from the request to the start.</summary>
public sealed class LaunchOptionTests
{
    private static readonly EngineModel A = Schedule.Model("a", trainingContext: 4096);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Options_out_of_range_are_launched_within_it()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);
        var options = new LoadOptions { Batch = 1, Threads = int.MaxValue, GpuLayers = int.MaxValue, MainGpu = 7 };

        using var lease = (await AcquireAsync(scheduler, A, options)).Lease;

        var settings = factory.Runners.Single().Request.Settings;
        Assert.Equal((4, 1024, null), (settings.Batch, settings.GpuLayers, settings.MainGpu));
        Assert.InRange(settings.Threads!.Value, 4, 4 * Environment.ProcessorCount);
    }

    [Fact]
    public async Task Options_that_are_launched_alike_share_a_runner()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);

        foreach (var batch in (int[])[1, 2, 3, 4])
        {
            (await AcquireAsync(scheduler, A, new LoadOptions { Batch = batch })).Lease!.Dispose();
        }

        Assert.Single(factory.Runners);
    }

    [Fact]
    public async Task Options_stored_with_a_model_are_limited_too()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);

        using var lease = (await AcquireAsync(scheduler, A with { Stored = new LoadOptions { Batch = int.MaxValue, MainGpu = 7 } }, LoadOptions.None)).Lease;

        var request = factory.Runners.Single().Request;
        Assert.Equal(new LoadOptions { Batch = 4096 }, request.Model.Stored);
    }

    [Fact]
    public async Task A_gpu_that_exists_is_used()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);

        using var lease = (await AcquireAsync(scheduler, A, new LoadOptions { MainGpu = 1 })).Lease;

        Assert.Equal(1, factory.Runners.Single().Request.Settings.MainGpu);
    }

    [Fact]
    public async Task A_context_that_cannot_be_launched_is_refused_before_anything_is_started()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);

        var result = await scheduler.AcquireAsync(Schedule.Model("b"), int.MaxValue, null, LoadOptions.None, Cancellation);

        Assert.IsType<EngineFailure.InvalidOptions>(result.Failure);
        Assert.Empty(factory.Runners);
    }

    [Fact]
    public async Task Other_clients_keep_their_runner_when_options_fail_again()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var scheduler = New(factory);
        var bad = new LoadOptions { Batch = 16 };
        var failing = AcquireAsync(scheduler, A, bad);
        (await factory.NextAsync()).Fail("GGML_ASSERT");
        Assert.IsType<EngineFailure.LoadFailed>((await failing).Failure);
        var other = AcquireAsync(scheduler, A, LoadOptions.None);
        var runner = (await factory.NextAsync()).Succeed();
        (await other).Lease!.Dispose();

        var refused = Assert.IsType<EngineFailure.CrashLoop>((await AcquireAsync(scheduler, A, bad)).Failure);

        Assert.Equal(TimeSpan.FromMinutes(1), refused.RetryAfter);
        Assert.EndsWith("the last time: GGML_ASSERT", refused.Message, StringComparison.Ordinal);
        Assert.False(runner.IsDisposed);
        Assert.Same(runner, (await AcquireAsync(scheduler, A, LoadOptions.None)).Lease!.Runner);
    }

    [Fact]
    public async Task A_variant_of_one_request_does_not_end_the_model_that_others_use()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var scheduler = New(factory);
        var model = A with { Name = "name" };
        var first = AcquireAsync(scheduler, model, LoadOptions.None);
        var runner = (await factory.NextAsync()).Succeed();
        (await first).Lease!.Dispose();

        var variant = AcquireAsync(scheduler, model with { Key = "variant", IsVariant = true }, LoadOptions.None);
        (await factory.NextAsync()).Fail("the chat template cannot be parsed");
        await variant;

        Assert.False(runner.IsDisposed);
        Assert.Same(runner, (await AcquireAsync(scheduler, model, LoadOptions.None)).Lease!.Runner);
    }

    [Fact]
    public async Task A_model_whose_file_has_changed_ends_the_old_one()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);
        var model = A with { Name = "name" };
        (await AcquireAsync(scheduler, model, LoadOptions.None)).Lease!.Dispose();

        (await AcquireAsync(scheduler, model with { Key = "changed" }, LoadOptions.None)).Lease!.Dispose();

        await factory.Runners.First().Exited.Within();
    }

    private static Scheduler New(FakeRunnerFactory factory) =>
        new(factory, new EngineSettings(), new FakeTimeProvider(), NullLogger<Scheduler>.Instance, new TwoGpus());

    private static Task<LeaseResult> AcquireAsync(Scheduler scheduler, EngineModel model, LoadOptions options) =>
        scheduler.AcquireAsync(model, null, null, options, Cancellation).Within();

    /// <summary>A machine with two GPUs.</summary>
    private sealed class TwoGpus : IMemorySource
    {
        private static readonly ImmutableArray<GpuMemory> Gpus = [new("CUDA0", "", 8L << 30, 8L << 30), new("CUDA1", "", 8L << 30, 8L << 30)];

        public Task ReadyAsync(CancellationToken cancellation) => Task.CompletedTask;

        public MemoryCapacity Read(long? budget) => new() { HostBytes = 8L << 30, Devices = Gpus };

        public long? PrivateBytesOf(int process) => null;
    }
}
