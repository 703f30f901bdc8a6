using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;

namespace GGLib.Tests.Engine.Scheduling;

/// <summary>Launch options that fail: whom they affect.</summary>
public sealed class IsolationTests
{
    private static readonly LoadOptions Bad = new() { Batch = 1 };
    private static readonly LoadOptions Good = new() { Threads = 2 };

    private readonly Schedule _schedule = new(new EngineSettings());

    [Fact]
    public void Only_who_asked_for_the_options_hears_that_they_fail()
    {
        var bad = _schedule.Arrive("a", options: Bad);
        var other = _schedule.Arrive("a");
        var sized = _schedule.Arrive("a", 512);

        _schedule.FailToLoad(_schedule.Running("a"), "GGML_ASSERT");

        Assert.Equal("GGML_ASSERT", _schedule.Ended[bad.Id]);
        Assert.Equal([other, sized], _schedule.Waiting);
        _schedule.Load(_schedule.Running("a"));
        Assert.Equal(("granted", "granted"), (_schedule.Ended[other.Id], _schedule.Ended[sized.Id]));
    }

    [Fact]
    public void After_options_have_failed_the_model_loads_at_once_without_them()
    {
        Fail();
        Fail();
        Fail();

        _schedule.Arrive("a");

        Assert.Equal(LoadOptions.None, _schedule.Running("a").Options);
    }

    [Fact]
    public void A_loaded_model_is_not_given_up_for_options_that_have_failed()
    {
        Fail();
        Serve();

        var refused = _schedule.Arrive("a", options: Bad);

        Assert.Equal("model 'a' failed with num_batch 1; it stays loaded without, and this is not tried again for 60 s; the last time: GGML_ASSERT", _schedule.Ended[refused.Id]);
        Assert.False(_schedule.Running("a").IsLoading);
        Assert.Equal("granted", _schedule.Ended[_schedule.Arrive("a").Id]);
    }

    [Fact]
    public void After_a_minute_they_are_tried_once_more_and_then_after_two()
    {
        Fail();
        Serve();
        _schedule.Advance(TimeSpan.FromMinutes(1));
        _schedule.Arrive("a", options: Bad);
        _schedule.End(Assert.Single(_schedule.Processes));
        _schedule.FailToLoad(_schedule.Running("a"), "GGML_ASSERT");
        Serve();

        var refused = _schedule.Arrive("a", options: Bad);

        Assert.Contains("not tried again for 120 s", _schedule.Ended[refused.Id], StringComparison.Ordinal);
    }

    [Fact]
    public void With_nothing_loaded_they_may_be_tried_again_at_once_until_they_have_failed_three_times()
    {
        Fail();
        Fail();
        Fail();

        var refused = _schedule.Arrive("a", options: Bad);

        Assert.Empty(_schedule.Processes);
        Assert.Equal("model 'a' has failed 3 times in a row with num_batch 1 and is not started again with that for 2 s; the last time: GGML_ASSERT", _schedule.Ended[refused.Id]);
        _schedule.Advance(TimeSpan.FromSeconds(2));
        _schedule.Arrive("a", options: Bad);
        Assert.True(_schedule.Running("a").IsLoading);
    }

    [Fact]
    public void Other_options_are_not_held_back()
    {
        Fail();
        Fail();
        Fail();

        _schedule.Arrive("a", options: Good);

        Assert.Equal(Good, _schedule.Running("a").Options);
    }

    [Fact]
    public void A_model_that_fails_by_itself_is_held_back_for_all_options()
    {
        for (var failures = 0; failures < 3; failures++)
        {
            _schedule.Arrive("a");
            _schedule.FailToLoad(_schedule.Running("a"), "bad file");
        }

        var refused = _schedule.Arrive("a", options: Good);

        Assert.Equal("model 'a' has failed 3 times in a row and is not started again for 2 s; the last time: bad file", _schedule.Ended[refused.Id]);
    }

    [Fact]
    public void A_failure_of_the_model_itself_is_told_to_all_who_wait()
    {
        var plain = _schedule.Arrive("a");
        var other = _schedule.Arrive("a", options: Good);

        _schedule.FailToLoad(_schedule.Running("a"), "bad file");

        Assert.Equal(("bad file", "bad file"), (_schedule.Ended[plain.Id], _schedule.Ended[other.Id]));
    }

    [Fact]
    public void What_two_ask_for_together_is_tried_for_each_alone_when_it_has_failed()
    {
        var schedule = new Schedule(new EngineSettings { MaxLoadedModels = 1 });
        var holder = schedule.Arrive("b");
        schedule.Load(schedule.Running("b"));
        var bad = schedule.Arrive("a", options: Bad);
        var good = schedule.Arrive("a", 512, options: Good);
        schedule.Release(holder);
        schedule.End(Assert.Single(schedule.Processes));
        Assert.Equal(Bad with { Threads = 2 }, schedule.Running("a").Options);

        schedule.FailToLoad(schedule.Running("a"), "together");
        Assert.Equal(Bad, schedule.Running("a").Options);
        schedule.FailToLoad(schedule.Running("a"), "alone");
        schedule.Load(schedule.Running("a"));

        Assert.Equal(("alone", "granted"), (schedule.Ended[bad.Id], schedule.Ended[good.Id]));
    }

    [Fact]
    public void Options_that_have_failed_are_not_put_into_the_launch_of_others()
    {
        var busy = new Schedule(new EngineSettings { MaxLoadedModels = 1 });
        busy.Arrive("a", options: Bad);
        busy.FailToLoad(busy.Running("a"));
        var holder = busy.Arrive("b");
        busy.Load(busy.Running("b"));
        busy.Arrive("a");
        busy.Arrive("a", options: Bad);

        busy.Release(holder);
        busy.End(Assert.Single(busy.Processes));

        Assert.Equal(LoadOptions.None, busy.Running("a").Options);
    }

    [Fact]
    public void A_start_that_succeeds_clears_the_options()
    {
        Fail();
        _schedule.Release(Load(Bad));
        Serve();

        _schedule.Arrive("a", options: Good);
        _schedule.End(Assert.Single(_schedule.Processes));
        _schedule.Load(_schedule.Running("a"));
        _schedule.Release(Assert.Single(_schedule.Leases));
        _schedule.Arrive("a", options: Bad);

        Assert.True(Assert.Single(_schedule.Processes).IsStopping);
    }

    [Fact]
    public void A_crash_while_answering_does_not_keep_the_options_from_a_loaded_model()
    {
        var waiter = Load(Good);
        _schedule.Release(waiter, answered: false);
        _schedule.End(_schedule.Running("a"), "grammar");
        Serve();

        _schedule.Arrive("a", options: Good);

        Assert.True(Assert.Single(_schedule.Processes).IsStopping);
    }

    [Fact]
    public void A_crash_at_each_request_is_a_crash_loop_of_its_options_only()
    {
        for (var crashes = 0; crashes < 3; crashes++)
        {
            _schedule.Release(Load(Good), answered: false);
            _schedule.End(_schedule.Running("a"), "GGML_ASSERT");
        }

        Assert.Contains("3 times in a row with num_thread 2", _schedule.Ended[_schedule.Arrive("a", options: Good).Id], StringComparison.Ordinal);
        _schedule.Arrive("a");
        Assert.True(_schedule.Running("a").IsLoading);
    }

    [Fact]
    public void A_context_is_an_option_too()
    {
        _schedule.Arrive("a", 8192);
        _schedule.FailToLoad(_schedule.Running("a"), "not enough memory");
        Serve();

        Assert.Contains("failed with num_ctx 8192; it stays loaded", _schedule.Ended[_schedule.Arrive("a", 8192).Id], StringComparison.Ordinal);
        Assert.Equal("granted", _schedule.Ended[_schedule.Arrive("a", 2048).Id]);
    }

    [Fact]
    public void A_context_beyond_memory_never_reaches_the_engine()
    {
        _schedule.SetCapacity(new MemoryCapacity { HostBytes = 1L << 30 });
        Serve();
        var waiter = _schedule.Arrive("a", int.MaxValue, bytesPerToken: 100_000);

        Assert.Contains("needs", _schedule.Ended[waiter.Id], StringComparison.Ordinal);
        Assert.Contains("more than the 1.0 GiB that models may use", _schedule.Ended[waiter.Id], StringComparison.Ordinal);
        Assert.False(_schedule.Running("a").IsLoading);
    }

    [Fact]
    public void Failures_of_ever_new_options_are_forgotten_in_time()
    {
        for (var batch = 1; batch <= 1000; batch++)
        {
            _schedule.Arrive("a", options: new LoadOptions { Batch = batch });
            _schedule.FailToLoad(_schedule.Running("a"));
            _schedule.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_schedule.State.Failures.Count, 100, 256);
    }

    private void Fail()
    {
        _schedule.Arrive("a", options: Bad);
        _schedule.FailToLoad(_schedule.Running("a"), "GGML_ASSERT");
    }

    /// <summary>The model is loaded as everybody wants it, and idle.</summary>
    private void Serve()
    {
        var waiter = _schedule.Arrive("a");
        if (_schedule.Waiting.Contains(waiter))
        {
            _schedule.Load(_schedule.Running("a"));
        }

        _schedule.Release(waiter);
    }

    private GGLib.Engine.Scheduling.Waiter Load(LoadOptions options)
    {
        var waiter = _schedule.Arrive("a", options: options);
        _schedule.Load(_schedule.Running("a"));
        return waiter;
    }
}
