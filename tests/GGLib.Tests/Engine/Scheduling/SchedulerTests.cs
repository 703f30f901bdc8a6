using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;
using GGLib.Tests.Engine.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Engine.Scheduling;

/// <summary>The scheduler with its actor, on a clock of the test's.</summary>
public sealed class SchedulerTests
{
    private static readonly EngineModel A = Schedule.Model("a", trainingContext: 4096);
    private static readonly EngineModel B = Schedule.Model("b");

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_requests_at_once_start_one_process()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var scheduler = New(factory);
        var requests = Enumerable.Range(0, 8).Select(_ => Task.Run(() => AcquireAsync(scheduler, A))).ToList();
        var start = await factory.NextAsync();

        var runner = start.Succeed();
        var leases = await Task.WhenAll(requests).Within();

        Assert.All(leases, lease => Assert.Same(runner, lease.Lease!.Runner));
        Assert.False(factory.HasMore);
        Assert.Equal(8, scheduler.Snapshot().Single().ActiveRequests);
    }

    [Fact]
    public async Task A_runner_takes_twice_as_many_requests_as_it_has_slots_and_the_next_one_when_one_ends()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);
        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AcquireAsync(scheduler, A)));
        var next = AcquireAsync(scheduler, A);
        Assert.False(next.IsCompleted);
        Assert.Equal(1, scheduler.Snapshot().Single().WaitingRequests);

        leases[3].Lease!.Dispose();

        Assert.NotNull((await next).Lease);
    }

    [Fact]
    public async Task A_runner_that_is_ready_is_handed_out_on_the_callers_thread()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);
        (await AcquireAsync(scheduler, A)).Lease!.Dispose();

        var taken = scheduler.AcquireAsync(A, null, null, Cancellation);

        Assert.True(taken.IsCompletedSuccessfully);
        (await taken).Lease!.Dispose();
        Assert.Equal(0, scheduler.Snapshot().Single().ActiveRequests);
    }

    [Fact]
    public async Task An_idle_model_is_unloaded_when_its_keep_alive_is_over()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);
        (await AcquireAsync(scheduler, A, KeepAlive.For(TimeSpan.FromMinutes(1)))).Lease!.Dispose();
        var runner = factory.Runners.Single();
        await SettledAsync(scheduler);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(1), scheduler.Snapshot().Single().ExpiresAt);

        _time.Advance(TimeSpan.FromSeconds(59));
        await SettledAsync(scheduler);
        Assert.False(runner.IsDisposed);
        _time.Advance(TimeSpan.FromSeconds(2));

        await runner.Exited.Within();
    }

    [Fact]
    public async Task A_swap_waits_for_the_first_models_end()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory, places: 1);
        var first = await AcquireAsync(scheduler, A);
        var second = AcquireAsync(scheduler, B);
        await SettledAsync(scheduler);
        Assert.Single(factory.Runners);

        first.Lease!.Dispose();

        Assert.Equal("b", Assert.IsType<FakeRunner>((await second.Within()).Lease!.Runner).Request.Model.Key);
        Assert.True(factory.Runners.First().IsDisposed);
    }

    [Fact]
    public async Task A_failed_start_reaches_all_who_wait_and_the_next_request_tries_again()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var scheduler = New(factory);
        var first = AcquireAsync(scheduler, A);
        var second = AcquireAsync(scheduler, A);
        var start = await factory.NextAsync();
        await SettledAsync(scheduler);
        start.Fail("error loading model: bad magic");

        Assert.Equal("error loading model: bad magic", (await first.Within()).Failure!.Message);
        Assert.Equal("error loading model: bad magic", (await second.Within()).Failure!.Message);
        Assert.Equal((RunnerPhase.Failed, "error loading model: bad magic"), (scheduler.Snapshot().Single().Phase, scheduler.Snapshot().Single().Failure));
        var third = AcquireAsync(scheduler, A);
        (await factory.NextAsync()).Succeed();
        Assert.NotNull((await third.Within()).Lease);
    }

    [Fact]
    public async Task A_start_that_throws_is_a_failed_start()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var scheduler = New(factory);
        var request = AcquireAsync(scheduler, A);
        (await factory.NextAsync()).Throw(new InvalidOperationException("unexpected"));

        Assert.Equal("unexpected", (await request.Within()).Failure!.Message);
    }

    [Fact]
    public async Task After_a_crash_under_a_lease_the_next_request_starts_the_model_anew()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);
        var lease = (await AcquireAsync(scheduler, A)).Lease!;
        factory.Runners.Single().Die("GGML_ASSERT (ended by signal 6)");
        while (scheduler.Snapshot().Single().Phase is not RunnerPhase.Failed)
        {
            await SettledAsync(scheduler);
        }

        Assert.Equal("GGML_ASSERT (ended by signal 6)", scheduler.Snapshot().Single().Failure);
        lease.Dispose();
        var again = (await AcquireAsync(scheduler, A)).Lease!;
        Assert.Same(factory.Runners.Last(), again.Runner);
        Assert.Equal(2, factory.Runners.Count);
    }

    [Fact]
    public async Task A_request_that_meets_a_crash_is_served_by_the_next_process()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);
        (await AcquireAsync(scheduler, A)).Lease!.Dispose();
        var dying = factory.Runners.Single();
        dying.DieUnnoticed("killed");

        using var second = (await AcquireAsync(scheduler, A)).Lease;

        Assert.NotSame(dying, second!.Runner);
        dying.Die("killed");
        Assert.Equal(1, scheduler.Snapshot().Single().ActiveRequests);
    }

    [Fact]
    public async Task A_client_that_leaves_is_taken_out_of_the_queue_and_its_load_goes_on()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        await using var scheduler = New(factory);
        using var leaving = new CancellationTokenSource();
        var request = scheduler.AcquireAsync(A, null, null, leaving.Token);
        var start = await factory.NextAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        var runner = start.Succeed();
        Assert.Same(runner, (await AcquireAsync(scheduler, A)).Lease!.Runner);
        Assert.False(runner.IsDisposed);
    }

    [Fact]
    public async Task Who_leaves_as_its_lease_is_granted_holds_nothing()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);
        (await AcquireAsync(scheduler, A)).Lease!.Dispose();
        for (var round = 0; round < 500; round++)
        {
            using var leaving = new CancellationTokenSource();
            var request = scheduler.AcquireAsync(A, null, null, leaving.Token);
            var cancel = Task.Run(leaving.Cancel, Cancellation);
            try
            {
                (await request.Within()).Lease!.Dispose();
            }
            catch (OperationCanceledException) when (leaving.IsCancellationRequested)
            {
            }

            await cancel;
        }

        await SettledAsync(scheduler);
        await SettledAsync(scheduler);
        Assert.Equal(0, scheduler.Snapshot().Single().ActiveRequests);
    }

    [Fact]
    public async Task A_lease_disposed_twice_is_released_once()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);
        var one = (await AcquireAsync(scheduler, A)).Lease!;
        using var two = (await AcquireAsync(scheduler, A)).Lease!;

        one.Dispose();
        one.Dispose();

        await SettledAsync(scheduler);
        Assert.Equal(1, scheduler.Snapshot().Single().ActiveRequests);
    }

    [Fact]
    public async Task A_context_beyond_what_the_model_was_trained_for_is_cut_to_that()
    {
        var factory = new FakeRunnerFactory();
        await using var scheduler = New(factory);

        using var lease = (await scheduler.AcquireAsync(A, 1_000_000, null, Cancellation)).Lease!;

        Assert.Equal(4096, factory.Runners.Single().Request.Context);
    }

    [Fact]
    public async Task An_end_refuses_who_waits_calls_off_loads_and_ends_processes()
    {
        var factory = new FakeRunnerFactory { Automatic = false };
        var scheduler = New(factory, places: 2);
        var loaded = AcquireAsync(scheduler, A);
        var runner = (await factory.NextAsync()).Succeed();
        using var lease = (await loaded.Within()).Lease;
        var waits = AcquireAsync(scheduler, B);
        await factory.NextAsync();

        await scheduler.DisposeAsync().AsTask().Within();

        Assert.IsType<EngineFailure.ShuttingDown>((await waits.Within()).Failure);
        Assert.True(runner.IsDisposed);
    }

    [Fact]
    public async Task After_the_end_every_request_is_refused_and_every_order_is_done()
    {
        var scheduler = New(new FakeRunnerFactory());
        await scheduler.DisposeAsync().AsTask().Within();

        Assert.IsType<EngineFailure.ShuttingDown>((await AcquireAsync(scheduler, A)).Failure);
        await scheduler.UnloadAsync("a").Within();
        await scheduler.DisposeAsync().AsTask().Within();
    }

    [Fact]
    public async Task An_end_in_the_middle_of_many_requests_leaves_none_waiting()
    {
        for (var round = 0; round < 100; round++)
        {
            var scheduler = New(new FakeRunnerFactory(), places: 1);
            var requests = Enumerable.Range(0, 8).Select(index => Task.Run(async () => (await scheduler.AcquireAsync(index % 2 == 0 ? A : B, null, null, Cancellation)).Lease?.Dispose())).ToList();
            await requests[round % 8].Within();

            await scheduler.DisposeAsync().AsTask().Within();

            await Task.WhenAll(requests).Within();
        }
    }

    private Scheduler New(FakeRunnerFactory factory, int places = 3) =>
        new(factory, new EngineSettings { MaxLoadedModels = places }, _time, NullLogger<Scheduler>.Instance);

    private static Task<LeaseResult> AcquireAsync(Scheduler scheduler, EngineModel model, KeepAlive? keepAlive = null) =>
        scheduler.AcquireAsync(model, null, keepAlive, Cancellation).Within();

    /// <summary>Everything posted before this was looked at.</summary>
    private static Task SettledAsync(Scheduler scheduler) => scheduler.UnloadAsync("nobody").Within();
}
