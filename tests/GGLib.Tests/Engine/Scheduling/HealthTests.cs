using GGLib.Engine.Launching;

namespace GGLib.Tests.Engine.Scheduling;

/// <summary>Children that crash, get stuck or grow, and loads that nobody wants.</summary>
public sealed class HealthTests
{
    private readonly Schedule _schedule = new(new EngineSettings());

    [Fact]
    public void After_three_failures_in_a_minute_the_model_is_held_back_for_2_s_then_4_then_8_and_says_so()
    {
        Fail();
        Fail();
        Fail();
        Assert.Equal("model 'a' has failed 3 times in a row and is not started again for 2 s; the last time: bad file", Refused());
        _schedule.Advance(TimeSpan.FromSeconds(2));
        Fail();
        Assert.Contains("failed 4 times in a row and is not started again for 4 s", Refused(), StringComparison.Ordinal);
        _schedule.Advance(TimeSpan.FromSeconds(4));
        Fail();
        Assert.Contains("for 8 s", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Three_failures_in_more_than_a_minute_hold_nothing_back()
    {
        for (var failures = 0; failures < 10; failures++)
        {
            Fail();
            _schedule.Advance(TimeSpan.FromSeconds(31));
        }

        Fail();
        _schedule.Arrive("a");
        Assert.True(_schedule.Running("a").IsLoading);
    }

    [Fact]
    public void A_child_that_has_answered_makes_earlier_failures_forgotten()
    {
        Fail();
        Fail();
        var waiter = _schedule.Arrive("a");
        _schedule.Load(_schedule.Running("a"));
        _schedule.Release(waiter);
        _schedule.End(_schedule.Running("a"), "killed");

        _schedule.Arrive("a");

        Assert.True(_schedule.Running("a").IsLoading);
    }

    [Fact]
    public void A_crash_at_each_request_is_a_crash_loop_though_every_start_succeeds()
    {
        Crash();
        Crash();
        Crash();

        Assert.Contains("not started again for 2 s; the last time: GGML_ASSERT", Refused(), StringComparison.Ordinal);

        void Crash()
        {
            var waiter = _schedule.Arrive("a");
            _schedule.Load(_schedule.Running("a"));
            _schedule.Release(waiter, answered: false);
            _schedule.End(_schedule.Running("a"), "GGML_ASSERT");
        }
    }

    [Fact]
    public void A_stuck_child_is_ended_under_its_requests_and_those_who_wait_get_another()
    {
        var holder = _schedule.Arrive("a");
        _schedule.Load(_schedule.Running("a"), 1024);
        _schedule.Arrive("a", 4096);

        _schedule.Stall(_schedule.Running("a"));

        var stuck = Assert.Single(_schedule.Processes);
        Assert.True(stuck.IsStopping);
        _schedule.Release(holder);
        _schedule.End(stuck);
        Assert.True(_schedule.Running("a").IsLoading);
    }

    [Fact]
    public void A_child_that_has_grown_is_replaced_when_idle_and_not_before()
    {
        var waiter = _schedule.Arrive("a");
        _schedule.Load(_schedule.Running("a"));
        _schedule.WearOut(_schedule.Running("a"));
        Assert.False(_schedule.Processes.Single().IsStopping);

        _schedule.Release(waiter);

        Assert.True(_schedule.Processes.Single().IsStopping);
    }

    [Fact]
    public void A_load_that_nobody_comes_back_for_is_dropped_after_a_minute()
    {
        _schedule.Leave(_schedule.Arrive("a"));
        Assert.Equal(TimeSpan.FromMinutes(1), _schedule.NextTick);
        _schedule.Advance(TimeSpan.FromSeconds(30));
        _schedule.Leave(_schedule.Arrive("a"));
        _schedule.Advance(TimeSpan.FromSeconds(59));
        _schedule.Tick();
        Assert.False(_schedule.Processes.Single().IsStopping);

        _schedule.Advance(TimeSpan.FromSeconds(1));
        _schedule.Tick();

        Assert.True(_schedule.Processes.Single().IsStopping);
    }

    [Fact]
    public void Who_comes_back_while_it_loads_is_answered_when_it_is_done()
    {
        _schedule.Leave(_schedule.Arrive("a"));
        _schedule.Advance(TimeSpan.FromSeconds(15));
        var again = _schedule.Arrive("a");
        _schedule.Advance(TimeSpan.FromSeconds(15));
        _schedule.Load(Assert.Single(_schedule.Processes));

        Assert.Equal(again, Assert.Single(_schedule.Leases).Waiter with { Turn = 0 });
        Assert.Equal(1, _schedule.State.LastInstance);
    }

    [Fact]
    public void A_full_queue_does_not_refuse_who_need_not_wait()
    {
        var schedule = new Schedule(new EngineSettings { MaxQueue = 1, MaxLoadedModels = 1 });
        schedule.Arrive("a");
        schedule.Load(schedule.Running("a"));
        schedule.Arrive("b");

        var served = schedule.Arrive("a");
        var refused = schedule.Arrive("c");

        Assert.Equal(("granted", "server busy, please try again.  maximum pending requests exceeded"), (schedule.Ended[served.Id], schedule.Ended[refused.Id]));
    }

    [Fact]
    public void A_batch_has_its_turn_though_another_has_lost_patience_but_not_for_ever()
    {
        var schedule = new Schedule(new EngineSettings { MaxLoadedModels = 1 }) { Slots = 1 };
        var first = schedule.Arrive("a");
        schedule.Arrive("b");
        var batch = Enumerable.Range(0, 6).Select(_ => schedule.Arrive("a")).ToList();
        schedule.Advance(TimeSpan.FromSeconds(5));
        schedule.Load(schedule.Running("a"));
        var newcomer = schedule.Arrive("a");

        schedule.Release(first);
        schedule.Release(batch[0]);
        Assert.Equal(["granted", "granted"], new[] { batch[1], batch[2] }.Select(waiter => schedule.Ended[waiter.Id]));
        schedule.Advance(TimeSpan.FromSeconds(30));
        schedule.Release(batch[1]);
        schedule.Release(batch[2]);

        Assert.Contains(newcomer.Id, schedule.Waiting.Select(waiter => waiter.Id));
        Assert.Contains(batch[5].Id, schedule.Waiting.Select(waiter => waiter.Id));
        Assert.True(schedule.Processes.Single().IsStopping);
    }

    private void Fail()
    {
        _schedule.Arrive("a");
        _schedule.FailToLoad(_schedule.Running("a"), "bad file");
    }

    private string Refused()
    {
        var waiter = _schedule.Arrive("a");
        Assert.Empty(_schedule.Processes);
        return _schedule.Ended[waiter.Id];
    }
}
