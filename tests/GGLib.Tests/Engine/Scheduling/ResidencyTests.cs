using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;

namespace GGLib.Tests.Engine.Scheduling;

/// <summary>What is kept in memory and what goes, one example each.</summary>
public sealed class ResidencyTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void Models_load_side_by_side_as_long_as_memory_holds_them()
    {
        var schedule = With(10, ("a", 4), ("b", 4), ("c", 4));
        schedule.Arrive("a");
        schedule.Arrive("b");
        schedule.Arrive("c");

        Assert.Equal(["a", "b"], schedule.Processes.Select(process => process.Key));
    }

    [Fact]
    public void A_small_model_goes_beside_a_large_one_and_neither_is_ever_evicted_for_the_other()
    {
        var schedule = With(10, ("chat", 7), ("embed", 1));
        for (var round = 0; round < 100; round++)
        {
            Serve(schedule, "chat");
            Serve(schedule, "embed");
        }

        Assert.Equal(2, schedule.State.LastInstance);
    }

    [Fact]
    public void With_room_for_one_alternating_batches_cost_one_load_each()
    {
        var schedule = With(8, ("chat", 5), ("embed", 4));
        for (var round = 0; round < 10; round++)
        {
            ServeMany(schedule, "chat", 5);
            ServeMany(schedule, "embed", 5);
        }

        Assert.Equal(20, schedule.State.LastInstance);
    }

    [Fact]
    public void Only_as_many_go_as_must_and_the_small_one_that_need_not_stays()
    {
        var schedule = With(10, ("small", 1), ("large", 6), ("new", 7));
        Serve(schedule, "small");
        schedule.Advance(TimeSpan.FromSeconds(1));
        Serve(schedule, "large");

        schedule.Arrive("new");

        Assert.True(schedule.Processes.Single(process => process.Key == "large").IsStopping);
        Assert.False(schedule.Processes.Single(process => process.Key == "small").IsStopping);
    }

    [Fact]
    public void Of_two_models_used_about_as_recently_the_one_that_loads_faster_goes()
    {
        var schedule = With(10, ("slow", 4), ("fast", 4), ("new", 4));
        Serve(schedule, "slow", loading: TimeSpan.FromSeconds(60));
        schedule.Advance(TimeSpan.FromSeconds(10));
        Serve(schedule, "fast", loading: TimeSpan.FromSeconds(1));
        schedule.Advance(TimeSpan.FromSeconds(10));

        schedule.Arrive("new");

        Assert.Equal("fast", schedule.Processes.Single(process => process.IsStopping).Key);
    }

    [Fact]
    public void A_model_that_can_never_fit_is_refused_at_once_with_the_numbers()
    {
        var schedule = With(8, ("huge", 10));

        var waiter = schedule.Arrive("huge");

        Assert.Equal("model 'huge' needs 10.7 GiB (weights 10.0 GiB, 32768 tokens × 4 of context 0 MiB, working memory 688 MiB), more than the 8.0 GiB that models may use (no limit)", schedule.Ended[waiter.Id]);
        Assert.Empty(schedule.Processes);
    }

    [Fact]
    public void A_pinned_model_outlives_its_keep_alive_and_is_never_evicted()
    {
        var schedule = With(10, ("pinned", 6), ("other", 6));
        schedule.SettingsOf["pinned"] = new EngineSettings { Pinned = true };
        Serve(schedule, "pinned");
        Assert.Null(schedule.NextTick);

        var waiter = schedule.Arrive("other");

        Assert.Contains("leave beside 'pinned', which is pinned", schedule.Ended[waiter.Id], StringComparison.Ordinal);
        Assert.False(schedule.Running("pinned").IsStopping);
        schedule.Unload("pinned");
        Assert.True(schedule.Processes.Single().IsStopping);
    }

    [Fact]
    public void What_a_model_has_really_taken_counts_from_then_on()
    {
        var schedule = With(10, ("a", 2), ("b", 2));
        var first = schedule.Arrive("a");
        schedule.Load(schedule.Running("a"), bytes: 9 * GiB);
        schedule.Arrive("b");
        Assert.Single(schedule.Processes);
        schedule.Release(first);
        schedule.End(schedule.Processes.Single());
        schedule.Load(schedule.Running("b"));

        // Loaded again it is expected to take as much.
        schedule.Arrive("a");
        Assert.False(schedule.Processes.Single().IsStopping);
        schedule.Release(Assert.Single(schedule.Leases));
        Assert.True(schedule.Processes.Single().IsStopping);
    }

    [Fact]
    public void When_other_programs_need_the_memory_idle_models_go_but_not_the_last()
    {
        var schedule = With(10, ("a", 3), ("b", 3));
        Serve(schedule, "a");
        schedule.Advance(TimeSpan.FromSeconds(1));
        Serve(schedule, "b");

        schedule.SetCapacity(new MemoryCapacity { HostBytes = 2 * GiB });

        Assert.Equal(["a"], schedule.Processes.Where(process => process.IsStopping).Select(process => process.Key));
    }

    [Fact]
    public void A_model_lies_on_the_gpus_as_far_as_they_hold_it_and_one_that_is_told_not_to_lies_in_the_machines_memory()
    {
        var schedule = new Schedule(new EngineSettings());
        (schedule.SizeOf["split"], schedule.SizeOf["host"], schedule.SizeOf["late"]) = (20 * GiB, 4 * GiB, 4 * GiB);
        schedule.SettingsOf["host"] = new EngineSettings { GpuLayers = 0 };
        schedule.SetCapacity(new MemoryCapacity { HostBytes = 16 * GiB, Devices = [new("CUDA0", "", 12 * GiB, 8 * GiB), new("CUDA1", "", 6 * GiB, 4 * GiB)] });

        schedule.Arrive("split");
        schedule.Arrive("host");
        schedule.Arrive("late");

        // 20 GiB and 1 of working memory: 12 of it on the two, in proportion.
        Assert.Equal((8 * GiB, 4 * GiB), (schedule.Running("split").Memory.Device(0), schedule.Running("split").Memory.Device(1)));
        Assert.InRange(schedule.Running("split").Memory.Host, 9 * GiB - (1 << 20), 9 * GiB + (1 << 20));
        Assert.Equal(0, schedule.Running("host").Memory.OnDevices);
        Assert.DoesNotContain(schedule.Processes, process => process.Key == "late");
    }

    [Fact]
    public void A_gpu_whose_free_memory_shrinks_loses_idle_models_and_gets_no_more_than_it_has()
    {
        var schedule = new Schedule(new EngineSettings());
        foreach (var (model, gpu) in (ReadOnlySpan<(string, int)>)[("a", 0), ("b", 0), ("other", 1), ("new", 0)])
        {
            schedule.SizeOf[model] = 3 * GiB;
            schedule.SettingsOf[model] = new EngineSettings { MainGpu = gpu };
        }

        SetFree(8);
        Serve(schedule, "a");
        schedule.Advance(TimeSpan.FromSeconds(1));
        Serve(schedule, "b");
        Serve(schedule, "other");

        // Another program takes half of the first GPU: the one that was used longest ago goes, and none that lies elsewhere.
        SetFree(4);
        Assert.Equal(["a"], schedule.Processes.Where(process => process.IsStopping).Select(process => process.Key));
        schedule.End(schedule.Processes.Single(process => process.IsStopping));

        // There is room for one there, so the next comes in the other's place.
        schedule.Arrive("new");
        Assert.Equal(["b"], schedule.Processes.Where(process => process.IsStopping).Select(process => process.Key));

        void SetFree(int first) => schedule.SetCapacity(new MemoryCapacity { HostBytes = 16 * GiB, Devices = [new("CUDA0", "", 8 * GiB, first * GiB), new("CUDA1", "", 8 * GiB, 8 * GiB)] });
    }

    [Fact]
    public void Room_that_becomes_free_is_kept_for_who_has_lost_patience()
    {
        var schedule = With(10, ("busy1", 4), ("busy2", 4), ("large", 8), ("small", 4));
        var first = schedule.Arrive("busy1");
        var second = schedule.Arrive("busy2");
        schedule.Load(schedule.Running("busy1"));
        schedule.Load(schedule.Running("busy2"));
        schedule.Arrive("large");
        schedule.Advance(TimeSpan.FromSeconds(3));
        schedule.Tick();

        // The small one would fit as soon as one of them has gone, and again and again.
        schedule.Release(first);
        schedule.Unload("busy1");
        schedule.End(schedule.Processes.Single(process => process.IsStopping));
        schedule.Arrive("small");
        Assert.Equal(["busy2"], schedule.Processes.Select(process => process.Key));

        schedule.Release(second);
        schedule.End(schedule.Processes.Single(process => process.IsStopping));
        Assert.Equal("large", schedule.Processes.Single().Key);
    }

    private static Schedule With(long gibibytes, params (string Model, long GiB)[] models)
    {
        var schedule = new Schedule(new EngineSettings());
        foreach (var (model, size) in models)
        {
            schedule.SizeOf[model] = size * GiB;
        }

        schedule.SetCapacity(new MemoryCapacity { HostBytes = gibibytes * GiB });
        return schedule;
    }

    private static void Serve(Schedule schedule, string model, TimeSpan loading = default) => ServeMany(schedule, model, 1, loading);

    private static void ServeMany(Schedule schedule, string model, int count, TimeSpan loading = default)
    {
        var waiters = Enumerable.Range(0, count).Select(_ => schedule.Arrive(model)).ToList();
        foreach (var ending in schedule.Processes.Where(process => process.IsStopping).ToList())
        {
            schedule.End(ending);
        }

        if (schedule.Waiting.Contains(waiters[0]))
        {
            schedule.Advance(loading);
            schedule.Load(schedule.Running(model));
        }

        waiters.ForEach(schedule.Release);
    }
}
