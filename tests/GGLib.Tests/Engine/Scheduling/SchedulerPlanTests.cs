using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;
using GGLib.Tests.Engine.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Engine.Scheduling;

/// <summary>The plan of a launch that does not happen.</summary>
public sealed class SchedulerPlanTests
{
    private const int KvBytesPerToken = 100_000;

    private static readonly EngineModel Large = Schedule.Model("large", trainingContext: 131_072) with { SizeBytes = 1_000_000_000, KvBytesPerToken = KvBytesPerToken };

    [Fact]
    public async Task A_plan_is_the_one_of_the_launch_that_follows()
    {
        var memory = new FixedMemory(3_000_000_000);
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory, memory, new EngineSettings());

        var plan = Assert.Single(scheduler.Plan([Large]));
        (await scheduler.AcquireAsync(Large, null, null, TestContext.Current.CancellationToken).Within()).Lease!.Dispose();

        // Half of the 2 GB that the weights leave, in steps of 256 tokens.
        Assert.Equal(9984, plan.ContextLength);
        var request = factory.Runners.Single().Request;
        Assert.Equal(plan, LaunchPlan.For(request.Model, request.Settings, request.Context, request.AvailableBytes!.Value));
    }

    [Fact]
    public async Task Memory_is_read_once_for_any_number_of_models()
    {
        var memory = new FixedMemory(3_000_000_000);
        await using var scheduler = New(new FakeRunnerFactory(), memory, new EngineSettings());

        var plans = scheduler.Plan(Enumerable.Range(1, 1000).Select(number => Schedule.Model($"m{number}", trainingContext: number + 100)));

        Assert.Equal(Enumerable.Range(101, 1000), plans.Select(static plan => plan.ContextLength));
        Assert.Equal(1, memory.Reads);
    }

    [Fact]
    public async Task What_is_stored_with_a_model_goes_before_the_settings_of_all()
    {
        await using var scheduler = New(new FakeRunnerFactory(), new FixedMemory(3_000_000_000), new EngineSettings { ContextLength = 1024 });

        Assert.Equal([1024, 512], scheduler.Plan([Large, Large with { StoredContext = 512 }]).Select(static plan => plan.ContextLength));
        Assert.Empty(scheduler.Plan([]));
    }

    private static Scheduler New(FakeRunnerFactory factory, FixedMemory memory, EngineSettings settings) =>
        new(factory, settings, new FakeTimeProvider(), NullLogger<Scheduler>.Instance, memory);

    private sealed class FixedMemory(long bytes) : IMemorySource
    {
        public int Reads { get; private set; }

        public Task ReadyAsync(CancellationToken cancellation) => Task.CompletedTask;

        public MemoryCapacity Read(long? budget)
        {
            Reads++;
            return new MemoryCapacity { HostBytes = bytes };
        }

        public long? PrivateBytesOf(int process) => null;
    }
}
