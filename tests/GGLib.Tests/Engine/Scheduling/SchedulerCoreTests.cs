using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;

namespace GGLib.Tests.Engine.Scheduling;

/// <summary>The scheduler's rules, one example each.</summary>
public sealed class SchedulerCoreTests
{
    [Fact]
    public void Requests_for_one_model_share_one_process()
    {
        var schedule = With();
        var first = schedule.Arrive("a");
        var second = schedule.Arrive("a");

        schedule.Load(Assert.Single(schedule.Processes));

        Assert.Equal([first, second], schedule.Leases.Select(lease => lease.Waiter));
    }

    [Fact]
    public void With_room_for_both_two_models_load_side_by_side()
    {
        var schedule = With(places: 2);
        schedule.Arrive("a");
        schedule.Arrive("b");

        Assert.Equal(["a", "b"], schedule.Processes.Select(process => process.Key));
    }

    [Fact]
    public void The_least_recently_used_idle_model_makes_room()
    {
        var schedule = With(places: 2);
        Serve(schedule, "a");
        schedule.Advance(TimeSpan.FromSeconds(1));
        Serve(schedule, "b");
        schedule.Advance(TimeSpan.FromSeconds(1));
        Serve(schedule, "a");

        schedule.Arrive("c");

        Assert.True(schedule.Processes.Single(process => process.Key == "b").IsStopping);
        Assert.False(schedule.Processes.Single(process => process.Key == "a").IsStopping);
        schedule.End(schedule.Processes.Single(process => process.IsStopping));
        Assert.Equal(["a", "c"], schedule.Processes.Select(process => process.Key).Order());
    }

    [Fact]
    public void A_busy_model_is_waited_for()
    {
        var schedule = With();
        var busy = schedule.Arrive("a");
        schedule.Load(schedule.Running("a"));
        schedule.Arrive("b");

        Assert.False(Assert.Single(schedule.Processes).IsStopping);
        schedule.Release(busy);

        Assert.True(Assert.Single(schedule.Processes).IsStopping);
    }

    [Fact]
    public void Newcomers_join_a_busy_model_until_another_models_request_has_lost_patience()
    {
        var schedule = With();
        var first = schedule.Arrive("a");
        schedule.Load(schedule.Running("a"));
        schedule.Arrive("b");
        schedule.Advance(TimeSpan.FromSeconds(1));
        var joins = schedule.Arrive("a");
        schedule.Advance(TimeSpan.FromSeconds(1));
        schedule.Tick();
        var late = schedule.Arrive("a");

        Assert.Equal([first, joins], schedule.Leases.Select(lease => lease.Waiter));
        Assert.Contains(late, schedule.Waiting);
    }

    [Fact]
    public void Who_came_late_does_not_take_the_place_of_who_has_lost_patience()
    {
        var schedule = With();
        var first = schedule.Arrive("a");
        schedule.Load(schedule.Running("a"));
        schedule.Arrive("b");
        schedule.Advance(TimeSpan.FromSeconds(3));
        schedule.Tick();
        schedule.Arrive("a");

        schedule.Release(first);

        Assert.True(schedule.Processes.Single(process => process.Key == "a").IsStopping);
        schedule.End(schedule.Processes.Single());
        Assert.Equal("b", Assert.Single(schedule.Processes).Key);
    }

    [Fact]
    public void A_model_that_has_just_loaded_serves_all_who_wait_for_it_though_another_has_waited_longer()
    {
        var schedule = With();
        var one = schedule.Arrive("a");
        schedule.Arrive("b");
        var two = schedule.Arrive("a");
        schedule.Advance(TimeSpan.FromSeconds(30));

        schedule.Load(schedule.Running("a"));

        Assert.Equal([one, two], schedule.Leases.Select(lease => lease.Waiter));
    }

    [Fact]
    public void Keep_alive_zero_unloads_as_soon_as_idle()
    {
        var schedule = With();
        var first = schedule.Arrive("a", keepAlive: KeepAlive.None);
        schedule.Load(schedule.Running("a"));
        schedule.Arrive("a");
        schedule.Release(first);
        Assert.False(schedule.Processes.Single().IsStopping);

        schedule.Release(Assert.Single(schedule.Leases));

        Assert.True(schedule.Processes.Single().IsStopping);
    }

    [Fact]
    public void A_negative_keep_alive_never_unloads()
    {
        var schedule = With();
        var waiter = schedule.Arrive("a", keepAlive: KeepAlive.For(TimeSpan.FromSeconds(-1)));
        schedule.Load(schedule.Running("a"));
        schedule.Release(waiter);

        Assert.Null(schedule.NextTick);
        schedule.Advance(TimeSpan.FromDays(1000));
        schedule.Tick();
        Assert.False(schedule.Processes.Single().IsStopping);
    }

    [Fact]
    public void The_keep_alive_begins_when_the_last_request_ends()
    {
        var schedule = With();
        var waiter = schedule.Arrive("a");
        schedule.Load(schedule.Running("a"));
        schedule.Advance(TimeSpan.FromHours(1));
        schedule.Tick();
        schedule.Release(waiter);

        Assert.Equal(schedule.Now + TimeSpan.FromMinutes(5), schedule.NextTick);
        schedule.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        schedule.Tick();
        Assert.False(schedule.Processes.Single().IsStopping);
        schedule.Advance(TimeSpan.FromTicks(1));
        schedule.Tick();
        Assert.True(schedule.Processes.Single().IsStopping);
    }

    [Fact]
    public void A_request_that_names_no_keep_alive_keeps_the_models_own()
    {
        var schedule = With();
        Serve(schedule, "a", KeepAlive.For(TimeSpan.FromHours(2)));
        Serve(schedule, "a");

        Assert.Equal(TimeSpan.FromHours(2), schedule.NextTick - schedule.Now);
    }

    [Fact]
    public void A_larger_context_loads_the_model_anew_once_it_is_idle()
    {
        var schedule = With();
        var small = schedule.Arrive("a");
        schedule.Load(schedule.Running("a"), 2048);
        schedule.Arrive("a", 8192);
        Assert.False(schedule.Processes.Single().IsStopping);

        schedule.Release(small);
        schedule.End(Assert.Single(schedule.Processes));

        Assert.Equal(8192, Assert.Single(schedule.Processes).AskedContext);
    }

    [Fact]
    public void A_process_that_was_asked_for_more_than_it_got_is_not_started_again_for_it()
    {
        var schedule = With();
        var waiter = schedule.Arrive("a", 8192);
        schedule.Load(schedule.Running("a"), 4096);

        Assert.Equal(waiter, Assert.Single(schedule.Leases).Waiter);
    }

    [Fact]
    public void A_smaller_context_is_served_by_what_is_there()
    {
        var schedule = With();
        Serve(schedule, "a");

        schedule.Arrive("a", 512);

        Assert.Single(schedule.Leases);
    }

    [Fact]
    public void A_load_is_finished_though_nobody_waits_for_it_any_more()
    {
        var schedule = With();
        schedule.Leave(schedule.Arrive("a"));
        var process = Assert.Single(schedule.Processes);
        Assert.False(process.IsStopping);

        schedule.Load(process);

        Assert.False(process.IsStopping);
        Assert.Equal(TimeSpan.FromMinutes(5), schedule.NextTick);
    }

    [Fact]
    public void A_failed_load_is_told_to_all_who_wait_and_the_next_request_tries_again()
    {
        var schedule = With();
        var first = schedule.Arrive("a");
        var second = schedule.Arrive("a");
        var other = schedule.Arrive("b");

        schedule.FailToLoad(schedule.Running("a"), "bad file");

        Assert.Equal(("bad file", "bad file"), (schedule.Ended[first.Id], schedule.Ended[second.Id]));
        Assert.Equal([other], schedule.Waiting);
        schedule.Load(schedule.Running("b"));
        schedule.Release(other);
        schedule.Arrive("a");
        schedule.End(schedule.Processes.Single(process => process.IsStopping));
        Assert.True(schedule.Running("a").IsLoading);
    }

    [Fact]
    public void More_requests_than_may_wait_are_refused_at_once()
    {
        var schedule = new Schedule(new EngineSettings { MaxQueue = 2 });
        schedule.Arrive("a");
        schedule.Arrive("b");

        var third = schedule.Arrive("c");

        Assert.Equal("server busy, please try again.  maximum pending requests exceeded", schedule.Ended[third.Id]);
    }

    [Fact]
    public void After_a_crash_those_who_wait_get_a_new_process()
    {
        var schedule = With();
        var holder = schedule.Arrive("a");
        schedule.Load(schedule.Running("a"), 1024);
        schedule.Arrive("a", 4096);

        schedule.End(schedule.Running("a"), "killed");

        Assert.True(schedule.Running("a").IsLoading);
        schedule.Release(holder);
        schedule.Load(schedule.Running("a"), 4096);
        Assert.Equal(4096, Assert.Single(schedule.Leases).Waiter.Context);
    }

    [Fact]
    public void An_unload_waits_until_the_model_is_idle()
    {
        var schedule = With();
        var waiter = schedule.Arrive("a");
        schedule.Load(schedule.Running("a"));
        schedule.Unload("a");
        Assert.False(schedule.Processes.Single().IsStopping);

        schedule.Release(waiter);

        Assert.True(schedule.Processes.Single().IsStopping);
    }

    [Fact]
    public void A_request_that_comes_while_its_model_is_ended_loads_it_again()
    {
        var schedule = With();
        Serve(schedule, "a", KeepAlive.None);
        var waiter = schedule.Arrive("a");

        schedule.End(Assert.Single(schedule.Processes));
        schedule.Load(Assert.Single(schedule.Processes));

        Assert.Equal(waiter, Assert.Single(schedule.Leases).Waiter);
    }

    [Fact]
    public void Shutting_down_refuses_who_waits_and_ends_what_runs()
    {
        var schedule = With(places: 2);
        schedule.Arrive("a");
        schedule.Load(schedule.Running("a"));
        var waits = schedule.Arrive("b");

        schedule.ShutDown();
        var late = schedule.Arrive("a");

        Assert.Equal(("the server is shutting down", "the server is shutting down"), (schedule.Ended[waits.Id], schedule.Ended[late.Id]));
        Assert.All(schedule.Processes, process => Assert.True(process.IsStopping));
        schedule.FailToLoad(schedule.Processes.Single(process => process.Key == "b"));
        schedule.End(schedule.Processes.Single());
        Assert.DoesNotContain(schedule.State.Runners.Values, entry => entry.Occupies);
    }

    [Fact]
    public void News_of_an_earlier_start_do_not_touch_the_present_one()
    {
        var schedule = With();
        Serve(schedule, "a");
        var old = schedule.Running("a");
        schedule.End(old, "killed");
        Serve(schedule, "a");

        schedule.End(old, "late");

        Assert.Equal(RunnerPhase.Ready, schedule.State.Runners["a"].Phase);
    }

    [Fact]
    public void Another_launch_waits_until_the_model_is_idle_and_then_gets_one_of_its_own()
    {
        var schedule = With();
        var first = schedule.Arrive("a", options: new LoadOptions { Threads = 1 });
        schedule.Load(schedule.Running("a"));
        var other = schedule.Arrive("a", options: new LoadOptions { Threads = 2 });
        var same = schedule.Arrive("a", options: new LoadOptions { Threads = 1 });

        schedule.Release(first);
        schedule.End(schedule.Processes.Single());
        Assert.Equal(new LoadOptions { Threads = 2 }, schedule.Running("a").Options);
        schedule.Load(schedule.Running("a"));

        Assert.Equal("granted", schedule.Ended[other.Id]);
        Assert.Contains(same, schedule.Waiting);
    }

    [Fact]
    public void A_request_that_says_nothing_of_the_launch_takes_any()
    {
        var schedule = With();
        schedule.Arrive("a", options: new LoadOptions { Threads = 1 });
        schedule.Load(schedule.Running("a"));

        Assert.Equal("granted", schedule.Ended[schedule.Arrive("a").Id]);
    }

    private static Schedule With(int places = 1) => new(new EngineSettings { MaxLoadedModels = places });

    private static void Serve(Schedule schedule, string model, KeepAlive? keepAlive = null)
    {
        var waiter = schedule.Arrive(model, keepAlive: keepAlive);
        if (schedule.Waiting.Contains(waiter))
        {
            schedule.Load(schedule.Running(model));
        }

        schedule.Release(waiter);
    }
}
