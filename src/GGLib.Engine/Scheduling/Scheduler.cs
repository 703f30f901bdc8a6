using System.Collections.Concurrent;
using System.Threading.Channels;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using Microsoft.Extensions.Logging;

namespace GGLib.Engine.Scheduling;

/// <summary>
/// Hands out leases on runners, and starts, keeps and ends their processes. The decisions are <see cref="SchedulerCore"/>'s;
/// this is its shell: one reader of one channel, so that there is no lock and no lock order. Safe for any number of threads.
/// </summary>
public sealed class Scheduler : IAsyncDisposable
{
    private readonly IRunnerFactory _factory;
    private readonly IEngineSettingsSource _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly long _epoch;
    private readonly Channel<(SchedulerEvent Happened, TaskCompletionSource? Done)> _events = Channel.CreateUnbounded<(SchedulerEvent, TaskCompletionSource?)>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<long, Pending> _pending = new();
    private readonly ConcurrentDictionary<long, IRunner> _runners = new();
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _starting = new();
    private readonly ConcurrentDictionary<string, ChildLog> _logs = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private readonly Task _loop;
    private volatile SchedulerState _state = SchedulerState.Empty;
    private SchedulerCore _core;
    private EngineSettings _coreSettings;
    private long _lastWaiter;

    public Scheduler(IRunnerFactory factory, IEngineSettingsSource settings, TimeProvider time, ILogger<Scheduler> log)
    {
        _coreSettings = settings.Current;
        _core = new SchedulerCore(_coreSettings);
        _factory = factory;
        _settings = settings;
        _time = time;
        _log = log;
        _epoch = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Post(new SchedulerEvent.Tick()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = Task.Run(RunAsync);
    }

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>Waits for a runner of the model, starting or swapping as needed.</summary>
    /// <param name="model">The model wanted.</param>
    /// <param name="context">The least context in tokens the request needs, or null for whatever the model has.</param>
    /// <param name="keepAlive">Replaces the model's stored keep-alive when given.</param>
    /// <param name="options">What else the model's launch must have; a model launched otherwise is started anew for it.</param>
    /// <param name="cancellation">The client's leaving: takes the request out of the queue at once. A load that has begun goes on.</param>
    /// <returns>A lease, to be disposed when the request ends; or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The client left first.</exception>
    public async Task<LeaseResult> AcquireAsync(EngineModel model, int? context, KeepAlive? keepAlive, LoadOptions options, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var id = Interlocked.Increment(ref _lastWaiter);
        if (context is { } asked && model.TrainingContext > 0)
        {
            context = Math.Min(asked, model.TrainingContext);
        }

        model = model with { KeepAlive = _settings.For(model.Name).KeepAlive };
        var pending = new Pending(new Waiter(id, model, context, keepAlive, Now) { Options = options });
        _pending[id] = pending;
        if (!Post(new SchedulerEvent.Arrive(pending.Waiter)))
        {
            _pending.TryRemove(id, out _);
            return new LeaseResult(null, new EngineFailure.ShuttingDown());
        }

        await using var registration = cancellation.UnsafeRegister(_ =>
        {
            // Whoever completes the task first wins: a grant that comes second is given back by the loop.
            if (pending.TrySetCanceled(cancellation))
            {
                Post(new SchedulerEvent.Leave(id));
            }
        }, null).ConfigureAwait(false);
        try
        {
            return await pending.Task.ConfigureAwait(false);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    /// <summary>The same for a request that says nothing of its launch.</summary>
    public Task<LeaseResult> AcquireAsync(EngineModel model, int? context, KeepAlive? keepAlive, CancellationToken cancellation) =>
        AcquireAsync(model, context, keepAlive, LoadOptions.None, cancellation);

    /// <summary>Unloads the model as soon as it is idle; nothing happens when it is not loaded. Returns when that is decided, before the process has ended.</summary>
    public Task UnloadAsync(string key)
    {
        var decided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _events.Writer.TryWrite((new SchedulerEvent.Unload(key), decided)) ? decided.Task : Task.CompletedTask;
    }

    /// <summary>What is loaded now, from memory; never waits.</summary>
    public IReadOnlyList<RunnerStatus> Snapshot()
    {
        var now = Now;
        var wall = _time.GetUtcNow();
        return [.. _state.Runners.Values.Select(entry => new RunnerStatus
        {
            Key = entry.Model.Key,
            Phase = entry.Phase,
            ContextLength = entry.ContextLength,
            ActiveRequests = entry.Leases,
            ExpiresAt = (entry.DueAt ?? entry.KeepAlive.DueAfter(now)) is { } due ? Saturate(wall, due - now) : null,
            MemoryBytes = _runners.TryGetValue(entry.Instance, out var runner) ? runner.MemoryBytes : entry.Model.SizeBytes,
            DeviceMemoryBytes = runner?.DeviceMemoryBytes ?? 0,
            Slots = runner?.Slots ?? 0,
            LoadProgress = entry.Phase is RunnerPhase.Starting ? LogOf(entry.Model.Key)?.Loaded : null,
            ProcessId = runner?.ProcessId,
            Failure = entry.Failure?.Message,
        })];
    }

    /// <summary>Requests that wait for a model.</summary>
    public int QueueLength => _state.Queue.Count;

    /// <summary>The lines of the model's last child, running or not; null when it was never started.</summary>
    public ChildLog? LogOf(string key) => _logs.GetValueOrDefault(key);

    /// <summary>Refuses all who wait, ends every child, and returns when they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Post(new SchedulerEvent.ShutDown());
        await _loop.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    private static DateTimeOffset Saturate(DateTimeOffset start, TimeSpan duration) =>
        duration > DateTimeOffset.MaxValue - start ? DateTimeOffset.MaxValue : start + duration;

    internal void Release(string key, long instance) => Post(new SchedulerEvent.Release(key, instance));

    /// <summary>False when the loop has ended: nobody will look at it.</summary>
    private bool Post(SchedulerEvent happened) => _events.Writer.TryWrite((happened, null));

    private async Task RunAsync()
    {
        await foreach (var (happened, done) in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            var now = Now;
            if (!ReferenceEquals(_settings.Current, _coreSettings))
            {
                _coreSettings = _settings.Current;
                _core = new SchedulerCore(_coreSettings);
            }

            (_state, var effects) = _core.Step(_state, happened, now);
            foreach (var effect in effects)
            {
                Execute(effect);
            }

            // Only now: what is granted on the strength of the state must be there.
            if (happened is SchedulerEvent.Ended ended)
            {
                _runners.TryRemove(ended.Instance, out _);
            }

            done?.SetResult();
            if (_state.IsShuttingDown && _state.Runners.Values.All(entry => !entry.Occupies))
            {
                EndLoop();
                return;
            }

            Arm(now);
        }
    }

    /// <summary>Whoever came too late to be read is told as well.</summary>
    private void EndLoop()
    {
        _events.Writer.TryComplete();
        while (_events.Reader.TryRead(out var unread))
        {
            unread.Done?.SetResult();
        }

        foreach (var pending in _pending.Values)
        {
            pending.TrySetResult(new LeaseResult(null, new EngineFailure.ShuttingDown()));
        }
    }

    private void Arm(TimeSpan now)
    {
        // A timer takes at most about 49 days; an earlier tick does no harm.
        var wait = _core.NextTick(_state, now) is { } next
            ? TimeSpan.FromTicks(Math.Clamp((next - now).Ticks, 0, TimeSpan.FromDays(1).Ticks)) + TimeSpan.FromMilliseconds(1)
            : Timeout.InfiniteTimeSpan;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Execute(SchedulerEffect effect)
    {
        switch (effect)
        {
            case SchedulerEffect.Start start:
                var cancel = new CancellationTokenSource();
                _starting[start.Instance] = cancel;
                _ = Task.Run(() => StartAsync(start, cancel.Token));
                break;
            case SchedulerEffect.Stop stop:
                // In this order: a start that ends just now makes its runner known before it looks whether it was called off.
                if (_starting.TryGetValue(stop.Instance, out var starting))
                {
                    starting.Cancel();
                }

                if (_runners.TryGetValue(stop.Instance, out var ending))
                {
                    _ = Task.Run(() => StopAsync(stop, ending));
                }

                break;
            case SchedulerEffect.Grant grant:
                Hand(grant);
                break;
            case SchedulerEffect.Refuse refuse:
                if (_pending.TryGetValue(refuse.WaiterId, out var refused))
                {
                    refused.TrySetResult(new LeaseResult(null, refuse.Failure));
                }

                break;
        }
    }

    private void Hand(SchedulerEffect.Grant grant)
    {
        if (!_pending.TryGetValue(grant.WaiterId, out var waiting))
        {
            Release(grant.Key, grant.Instance);
            return;
        }

        // It may have died a moment ago, with the news still on its way: then this request is the next one's.
        var runner = _runners[grant.Instance];
        if (runner.Exited.IsCompleted)
        {
            Post(new SchedulerEvent.Ended(grant.Key, grant.Instance, null));
            Post(new SchedulerEvent.Arrive(waiting.Waiter));
            return;
        }

        if (!waiting.TrySetResult(new LeaseResult(new Lease(this, grant.Key, grant.Instance, runner), null)))
        {
            Release(grant.Key, grant.Instance);
        }
    }

    private async Task StartAsync(SchedulerEffect.Start start, CancellationToken cancellation)
    {
        var key = start.Model.Key;
        try
        {
            var request = new RunnerRequest(start.Model, start.Instance, start.Context, _settings.For(start.Model.Name).With(start.Options));
            Keep(key, request.Log);
            var result = await _factory.StartAsync(request, cancellation).ConfigureAwait(false);
            if (result.Runner is { } runner)
            {
                _runners[start.Instance] = runner;
                Post(new SchedulerEvent.Started(key, start.Instance, runner.ContextLength));
                _ = ObserveAsync(key, start.Instance, runner);

                // The order to stop may have come between its being ready and its being known here.
                if (cancellation.IsCancellationRequested)
                {
                    await runner.DisposeAsync().ConfigureAwait(false);
                }
            }
            else
            {
                Post(new SchedulerEvent.StartFailed(key, start.Instance, result.Failure!));
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Post(new SchedulerEvent.StartFailed(key, start.Instance, new EngineFailure.ShuttingDown()));
        }
#pragma warning disable CA1031 // Whatever went wrong, those who wait must hear of it: an exception lost here would leave them waiting for ever.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _log.LogError(exception, "Starting {Model} failed unexpectedly", key);
            Post(new SchedulerEvent.StartFailed(key, start.Instance, new EngineFailure.LoadFailed(exception.Message)));
        }
        finally
        {
            // Not disposed: the loop may be cancelling it at this moment, and it holds nothing.
            _starting.TryRemove(start.Instance, out _);
        }
    }

    // A key changes with its file: a library that is worked on for months would leave a log for each version.
    private const int MostLogs = 64;

    private void Keep(string key, ChildLog log)
    {
        var earlier = _logs.GetValueOrDefault(key);
        _logs[key] = log;
        earlier?.FollowedBy(log);
        var running = _state.Runners;
        foreach (var ended in _logs.Keys.Where(other => other != key && !running.ContainsKey(other)).Take(Math.Max(0, _logs.Count - MostLogs)).ToList())
        {
            _logs.TryRemove(ended, out _);
        }
    }

    private async Task StopAsync(SchedulerEffect.Stop stop, IRunner runner)
    {
        try
        {
            await runner.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // As in StartAsync: the place it holds must become free whatever happens.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _log.LogError(exception, "Stopping {Model} failed unexpectedly", stop.Key);
        }

        Post(new SchedulerEvent.Ended(stop.Key, stop.Instance, null));
    }

    private async Task ObserveAsync(string key, long instance, IRunner runner)
    {
        var reason = await runner.Exited.ConfigureAwait(false);
        var happened = new SchedulerEvent.Ended(key, instance, reason);
        if (runner.Stopping.IsCancellationRequested)
        {
            // Asked to end: its place is free when all of it is gone. Told twice, the second time is passed over.
            await runner.DisposeAsync().ConfigureAwait(false);
            Post(happened);
            return;
        }

        _log.LogWarning("llama-server for {Model} ended: {Reason}", key, reason);
        Post(happened);
        await runner.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class Pending(Waiter waiter) : TaskCompletionSource<LeaseResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Waiter Waiter => waiter;
    }
}
