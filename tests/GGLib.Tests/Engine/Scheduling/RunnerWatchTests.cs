using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Engine.Scheduling;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Engine.Scheduling;

/// <summary>How a stuck child and a grown one are found, on a clock of the test's.</summary>
public sealed class RunnerWatchTests : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly Watched _child = new();
    private bool _busy = true;

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    [Fact]
    public async Task Silence_without_work_while_a_request_is_open_is_a_stall()
    {
        Assert.Equal(8, await LooksUntilStallAsync(20, static _ => { }));
    }

    [Fact]
    public async Task Bytes_lines_and_slots_that_change_are_signs_of_life()
    {
        Assert.Null(await LooksUntilStallAsync(40, look =>
        {
            if (look % 5 == 0)
            {
                _child.Received++;
            }
        }));
        Assert.Null(await LooksUntilStallAsync(40, look =>
        {
            if (look % 5 == 0)
            {
                _child.Log.Add("a line");
            }
        }));
        Assert.Null(await LooksUntilStallAsync(40, look => _child.Slots = $"{look / 5}"));
    }

    [Fact]
    public async Task A_child_that_computes_in_silence_gets_ten_times_as_long() =>
        Assert.Equal(80, await LooksUntilStallAsync(100, _ => _child.ProcessorTime += Look));

    [Fact]
    public async Task Nobody_waits_for_an_idle_child()
    {
        _busy = false;
        Assert.Null(await LooksUntilStallAsync(40, static _ => { }));
    }

    [Fact]
    public async Task Growth_counts_when_it_is_both_a_multiple_and_large()
    {
        Assert.Equal(0, await WornAtAsync(100, 250, settings: new EngineSettings { LeastGrowth = 1000 }));
        Assert.Equal(0, await WornAtAsync(100, 199, settings: new EngineSettings { LeastGrowth = 10 }));
        Assert.Equal(0, await WornAtAsync(100, 2500, settings: new EngineSettings { LeastGrowth = 10, MemoryGrowth = 0 }));
        Assert.Equal(1, await WornAtAsync(100, 201, settings: new EngineSettings { LeastGrowth = 10 }));
    }

    /// <summary>Looks of ten seconds until the child was taken for stuck, with a limit of eighty; null when it was not.</summary>
    private async Task<int?> LooksUntilStallAsync(int most, Action<int> live)
    {
        _child.Begin();
        string? reason = null;
        var watching = new RunnerWatch(_child, new EngineSettings { StallTimeout = Look * 8 }, _child, _time).RunAsync(() => _busy, why => reason = why, static _ => { });
        int? found = null;
        for (var look = 1; look <= most && found is null; look++)
        {
            live(look);
            await LookAsync();
            found = reason is null ? null : look;
        }

        _child.End();
        _time.Advance(Look);
        await watching.Within();
        return found;
    }

    private async Task<int> WornAtAsync(long first, long then, EngineSettings settings)
    {
        _child.Begin();
        _child.Private = first;
        var worn = 0;
        var watching = new RunnerWatch(_child, settings, _child, _time).RunAsync(() => false, static _ => { }, _ => worn++);
        _child.Private = then;
        for (var look = 0; look < 5; look++)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        _child.End();
        await watching.Within();
        return worn;
    }

    private async Task LookAsync()
    {
        _time.Advance(Look);
        await Task.Yield();
    }

    private sealed class Watched : IRunner, IMemorySource
    {
        private TaskCompletionSource<string> _exited = new();

        public HttpMessageInvoker Http => throw new NotSupportedException();

        public string Alias => "a";

        public int ContextLength => 1;

        int IRunner.Slots => 1;

        public string? Slots { get; set; }

        public long MemoryBytes => 0;

        public long DeviceMemoryBytes => 0;

        public int ProcessId => 1;

        public ChildLog Log { get; } = new();

        public CancellationToken Stopping => CancellationToken.None;

        public Task<string> Exited => _exited.Task;

        public long Received { get; set; }

        public TimeSpan ProcessorTime { get; set; }

        public long Private { get; set; }

        public void Begin() => _exited = new();

        public void End() => _exited.TrySetResult("ended");

        public Task<string?> ProbeAsync() => Task.FromResult(Slots);

        public Task ReadyAsync(CancellationToken cancellation) => Task.CompletedTask;

        public MemoryCapacity Read(long? budget) => MemoryCapacity.Unlimited;

        public long? PrivateBytesOf(int process) => Private;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
