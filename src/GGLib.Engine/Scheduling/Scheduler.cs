using System.Collections.Concurrent;
using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using Microsoft.Extensions.Logging;

namespace GGLib.Engine.Scheduling;

/// <summary>
/// Hands out leases on runners, and starts, keeps and stops their processes. <see cref="SchedulerCore"/> makes the decisions;
/// this class carries them out, with one lock around the state, under which nothing blocks and no other code is called. Thread-safe.
/// </summary>
public sealed class Scheduler : IAsyncDisposable
{
    // How long a reading of the machine's memory is reused.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(50);

    private readonly IRunnerFactory _factory;
    private readonly IEngineSettingsSource _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IMemorySource _memory;
    private readonly long _epoch;
    private readonly Lock _gate = new();
    private readonly Queue<SchedulerEvent> _events = new();
    private readonly Dictionary<long, Pending> _pending = [];
    private readonly ConcurrentDictionary<long, IRunner> _runners = new();
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _starting = new();
    private readonly ChildLogs _logs = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;
    private volatile SchedulerState _state = SchedulerState.Empty;
    private SchedulerCore _core;
    private EngineSettings _coreSettings;
    private bool _isStepping;
    private TimeSpan? _armedFor;
    private long _lastWaiter;
    private long _memoryReadAt = long.MinValue;

    /// <param name="factory">Starts the child processes.</param>
    /// <param name="settings">The settings of models; read again at each load.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The log of faults.</param>
    /// <param name="memory">The memory that models may use; null for the machine's memory without GPUs.</param>
    public Scheduler(IRunnerFactory factory, IEngineSettingsSource settings, TimeProvider time, ILogger<Scheduler> log, IMemorySource? memory = null)
    {
        _coreSettings = settings.Current;
        _core = new SchedulerCore(_coreSettings);
        _factory = factory;
        _settings = settings;
        _time = time;
        _log = log;
        _memory = memory ?? new MachineMemory();
        _epoch = time.GetTimestamp();
        _timer = time.CreateTimer(_ => HappenWithMemory(new SchedulerEvent.Tick()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The number of requests that wait for a model.</summary>
    public int QueueLength => _state.Queue.Count;

    /// <summary>The memory that models may use, as last read; null before the first load.</summary>
    public MemoryCapacity? Capacity => ReferenceEquals(_state.Capacity, MemoryCapacity.Unlimited) ? null : _state.Capacity;

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>Waits for a runner of the model, and starts or swaps models as needed. Returns at once, on the caller's thread, if a runner is ready and has a free slot.</summary>
    /// <param name="model">The model.</param>
    /// <param name="context">The minimum context in tokens; null for the model's own.</param>
    /// <param name="keepAlive">Overrides the model's stored keep-alive; null to keep it.</param>
    /// <param name="options">The launch options that the request needs. A model launched with others is restarted. Values out of range are clamped to the nearest ones that the engine accepts.</param>
    /// <param name="cancellation">Canceled when the client disconnects: the request leaves the queue at once. A started load continues.</param>
    /// <returns>A lease, which the caller disposes when the request ends; or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled first.</exception>
    public Task<LeaseResult> AcquireAsync(EngineModel model, int? context, KeepAlive? keepAlive, LoadOptions options, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<LeaseResult>(cancellation);
        }

        EndOutdated(model);
        var settings = _settings.For(model.Name);
        context = LaunchLimits.Clamp(context, model);
        if (LaunchLimits.Refusal(context, settings) is { } refusal)
        {
            return Task.FromResult(new LeaseResult(null, new EngineFailure.InvalidOptions(refusal)));
        }

        model = model with { KeepAlive = settings.KeepAlive };
        if (options.DraftTokens is not null && !settings.Drafts(model))
        {
            // The option has no effect on a model without a draft model, so it must not cause a reload.
            options = options with { DraftTokens = null };
        }

        var pending = new Pending(new Waiter(Interlocked.Increment(ref _lastWaiter), model, context, keepAlive, Now) { Options = options, Settings = settings });
        if (!(_state.Runners.TryGetValue(model.Key, out var entry) && entry.Phase is RunnerPhase.Ready))
        {
            var known = _memory.ReadyAsync(cancellation);
            if (!known.IsCompletedSuccessfully)
            {
                return WaitForMemoryAsync(known, pending, cancellation);
            }

            ReadMemory();
        }

        Arrive(pending);
        return pending.Task.IsCompleted ? pending.Task : WaitAsync(pending, cancellation);
    }

    /// <summary>The same for a request without launch options.</summary>
    public Task<LeaseResult> AcquireAsync(EngineModel model, int? context, KeepAlive? keepAlive, CancellationToken cancellation) =>
        AcquireAsync(model, context, keepAlive, LoadOptions.None, cancellation);

    /// <summary>Unloads the model as soon as it is idle; does nothing if it is not loaded. Returns once this is decided, before the process has ended.</summary>
    public Task UnloadAsync(string key)
    {
        Happen(new SchedulerEvent.Unload(key));
        return Task.CompletedTask;
    }

    /// <summary>Returns the loaded models. Never blocks.</summary>
    public IReadOnlyList<RunnerStatus> Snapshot()
    {
        var now = Now;
        var wall = _time.GetUtcNow();
        var state = _state;
        return [.. state.Runners.Values.Select(entry => new RunnerStatus
        {
            Key = entry.Model.Key,
            Phase = entry.Phase,
            ContextLength = entry.ContextLength,
            ActiveRequests = entry.Leases,
            WaitingRequests = state.Queue.Count(waiter => waiter.Model.Key == entry.Model.Key),
            IsPinned = entry.IsPinned,
            ExpiresAt = !entry.IsPinned && (entry.DueAt ?? entry.KeepAlive.DueAfter(now)) is { } due ? Saturate(wall, due - now) : null,
            MemoryBytes = _runners.TryGetValue(entry.Instance, out var runner) ? runner.MemoryBytes : entry.Memory.Total,
            DeviceMemoryBytes = runner?.DeviceMemoryBytes ?? entry.Memory.OnDevices,
            Slots = runner?.Slots ?? 0,
            LoadProgress = entry.Phase is RunnerPhase.Starting ? LogOf(entry.Model.Key)?.Loaded : null,
            ProcessId = runner?.ProcessId,
            Failure = entry.Failure?.Message,
        })];
    }

    /// <summary>
    /// Returns how models would be launched now for requests without launch options, with nothing else loaded. Reads the machine's memory once, whatever the number of models;
    /// never blocks. GPUs that are still being detected do not count.
    /// </summary>
    /// <param name="models">The models.</param>
    /// <returns>A plan for each model, in the same order.</returns>
    public IReadOnlyList<LaunchPlan> Plan(IEnumerable<EngineModel> models)
    {
        var capacity = _memory.Read(_settings.Current.MemoryBudget);
        return [.. models.Select(model =>
        {
            var settings = _settings.For(model.Name).Over(model);
            return LaunchPlan.For(model, settings, null, MemoryPlacement.AvailableTo(model, settings, capacity));
        })];
    }

    /// <summary>Returns the log of the model's last child process, running or not; null if the model was never started.</summary>
    public ChildLog? LogOf(string key) => _logs.Of(key);

    /// <summary>Rejects all waiting requests, stops every child process, and returns when they have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Happen(new SchedulerEvent.ShutDown());
        await _ended.Task.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    internal void Release(string key, long instance, bool answered = false) => Happen(new SchedulerEvent.Release(key, instance, answered));

    private static DateTimeOffset Saturate(DateTimeOffset start, TimeSpan duration) =>
        duration > DateTimeOffset.MaxValue - start ? DateTimeOffset.MaxValue : start + duration;

    // The same name under another key: the file or its stored values have changed. The old runner is stopped as soon as its requests are answered.
    // A variant for one request leaves the runner of the others alone.
    private void EndOutdated(EngineModel model)
    {
        foreach (var (key, entry) in _state.Runners)
        {
            if (entry.Phase is RunnerPhase.Starting or RunnerPhase.Ready && entry.Model.Name == model.Name && key != model.Key && (entry.Model.IsVariant || !model.IsVariant))
            {
                Happen(new SchedulerEvent.Unload(key));
            }
        }
    }

    private async Task<LeaseResult> WaitForMemoryAsync(Task known, Pending pending, CancellationToken cancellation)
    {
        await known.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        ReadMemory();
        Arrive(pending);
        return await WaitAsync(pending, cancellation).ConfigureAwait(false);
    }

    private async Task<LeaseResult> WaitAsync(Pending pending, CancellationToken cancellation)
    {
        await using var registration = cancellation.UnsafeRegister(_ =>
        {
            // The first completion of the task wins: a grant that comes second is returned.
            if (pending.TrySetCanceled(cancellation))
            {
                Leave(pending);
            }
        }, null).ConfigureAwait(false);
        return await pending.Task.ConfigureAwait(false);
    }

    private void Arrive(Pending pending)
    {
        lock (_gate)
        {
            pending.Waiter = Limited(pending.Waiter);
            _pending.Add(pending.Waiter.Id, pending);
            Happen(new SchedulerEvent.Arrive(pending.Waiter));
        }
    }

    /// <summary>Clamps the launch options here and not earlier, because the GPUs are known once memory has been read.</summary>
    private Waiter Limited(Waiter waiter) =>
        waiter.Options == LoadOptions.None && waiter.Model.Stored == LoadOptions.None ? waiter : waiter with
        {
            Model = waiter.Model with { Stored = Limited(waiter.Model.Stored, waiter) },
            Options = Limited(waiter.Options, waiter),
        };

    private LoadOptions Limited(LoadOptions options, Waiter waiter) =>
        LaunchLimits.Clamp(options, waiter.Model, waiter.Settings, _state.Capacity.Devices.Length, Environment.ProcessorCount);

    private void Leave(Pending pending)
    {
        lock (_gate)
        {
            _pending.Remove(pending.Waiter.Id);
            Happen(new SchedulerEvent.Leave(pending.Waiter.Id));
        }
    }

    /// <summary>Reads the machine's memory, unless it was read a moment ago. Not under the lock, because it reads files.</summary>
    private void ReadMemory()
    {
        var last = Volatile.Read(ref _memoryReadAt);
        var stamp = _time.GetTimestamp();
        if ((last == long.MinValue || _time.GetElapsedTime(last, stamp) >= Fresh) && Interlocked.CompareExchange(ref _memoryReadAt, stamp, last) == last)
        {
            Happen(new SchedulerEvent.CapacityRead(_memory.Read(_settings.Current.MemoryBudget)));
        }
    }

    /// <summary>The same for events after which a waiting model may be loaded.</summary>
    private void HappenWithMemory(SchedulerEvent happened)
    {
        if (!_state.Queue.IsEmpty)
        {
            ReadMemory();
        }

        Happen(happened);
    }

    /// <summary>Handles one event and its effects. Events that an effect causes are handled after the effects that were decided before it.</summary>
    private void Happen(SchedulerEvent happened)
    {
        lock (_gate)
        {
            _events.Enqueue(happened);
            if (_isStepping)
            {
                return;
            }

            _isStepping = true;
            try
            {
                while (_events.TryDequeue(out var next))
                {
                    Step(next);
                }
            }
            finally
            {
                _isStepping = false;
            }
        }
    }

    private void Step(SchedulerEvent happened)
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

        // Only now, because a grant relies on the new state.
        if (happened is SchedulerEvent.Ended ended)
        {
            _runners.TryRemove(ended.Instance, out _);
        }

        if (_state.IsShuttingDown && _state.Runners.Values.All(entry => !entry.Occupies))
        {
            _ended.TrySetResult();
            return;
        }

        Arm(now);
    }

    private void Arm(TimeSpan now)
    {
        var next = _core.NextTick(_state, now);

        // An early tick is harmless, and requests are more frequent than due models.
        if (next is { } due ? _armedFor <= due && _armedFor > now : _armedFor is null)
        {
            return;
        }

        _armedFor = next;

        // A timer accepts at most about 49 days; an early tick is harmless.
        var wait = next is { } at
            ? TimeSpan.FromTicks(Math.Clamp((at - now).Ticks, 0, TimeSpan.FromDays(1).Ticks)) + TimeSpan.FromMilliseconds(1)
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
                // In this order, because a start that is just completing registers its runner before it checks whether it was canceled.
                if (_starting.TryGetValue(stop.Instance, out var starting))
                {
                    _ = starting.CancelAsync();
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
                if (_pending.Remove(refuse.WaiterId, out var refused))
                {
                    refused.TrySetResult(new LeaseResult(null, refuse.Failure));
                }

                break;
        }
    }

    private void Hand(SchedulerEffect.Grant grant)
    {
        if (!_pending.Remove(grant.WaiterId, out var waiting))
        {
            Release(grant.Key, grant.Instance);
            return;
        }

        // It may have died a moment ago, before its event arrived: then the request goes to the next runner.
        var runner = _runners[grant.Instance];
        if (runner.Exited.IsCompleted)
        {
            Happen(new SchedulerEvent.Ended(grant.Key, grant.Instance, runner.Exited.IsCompletedSuccessfully ? runner.Exited.GetAwaiter().GetResult() : null));
            Arrive(waiting);
            return;
        }

        if (!runner.IsReachable)
        {
            _log.LogWarning("The socket of llama-server for {Model} is gone; it is started again", grant.Key);
            Happen(new SchedulerEvent.Lost(grant.Key, grant.Instance, "its socket is gone"));
            Arrive(waiting);
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
            var request = new RunnerRequest(start.Model, start.Instance, start.Need.Context, start.Need.Settings) { AvailableBytes = start.Need.AvailableBytes };
            _logs.Add(key, request.Log, _state.Runners.ContainsKey);
            var result = await _factory.StartAsync(request, cancellation).ConfigureAwait(false);
            if (result.Runner is { } runner)
            {
                _runners[start.Instance] = runner;
                HappenWithMemory(new SchedulerEvent.Started(key, start.Instance, runner.ContextLength, runner.Slots, MemoryOf(runner, start.Need.Settings)));
                _ = ObserveAsync(key, start.Instance, runner);
                _ = new RunnerWatch(runner, start.Need.Settings, _memory, _time).RunAsync(
                    () => _state.Runners.TryGetValue(key, out var entry) && entry.Instance == start.Instance && entry.Leases > 0,
                    reason => Replace(key, start.Instance, runner, reason),
                    reason => Happen(new SchedulerEvent.WornOut(key, start.Instance, reason)));

                // The stop may have been requested after the runner became ready and before it was registered here.
                if (cancellation.IsCancellationRequested)
                {
                    await runner.DisposeAsync().ConfigureAwait(false);
                }
            }
            else
            {
                HappenWithMemory(new SchedulerEvent.StartFailed(key, start.Instance, result.Failure!));
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            HappenWithMemory(new SchedulerEvent.StartFailed(key, start.Instance, new EngineFailure.ShuttingDown()));
        }
#pragma warning disable CA1031 // Any exception must reach the waiting requests: one that is lost here would leave them waiting forever.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _log.LogError(exception, "Starting {Model} failed unexpectedly", key);
            HappenWithMemory(new SchedulerEvent.StartFailed(key, start.Instance, new EngineFailure.LoadFailed(exception.Message)));
        }
        finally
        {
            // Not disposed: another thread may be canceling it, and it holds no resources.
            _starting.TryRemove(start.Instance, out _);
        }
    }

    private MemoryAmount MemoryOf(IRunner runner, EngineSettings settings) =>
        MemoryPlacement.Of(runner.MemoryBytes - runner.DeviceMemoryBytes, runner.DeviceMemoryBytes, runner.Log.Memory?.Devices, settings, _state.Capacity);

    private void Replace(string key, long instance, IRunner runner, string reason)
    {
        _log.LogWarning("llama-server for {Model} is replaced: {Reason}", key, reason);
        runner.Condemn(reason);
        Happen(new SchedulerEvent.Stalled(key, instance, reason));
    }

    private async Task StopAsync(SchedulerEffect.Stop stop, IRunner runner)
    {
        try
        {
            await runner.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // As in StartAsync: its memory must be released in any case.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _log.LogError(exception, "Stopping {Model} failed unexpectedly", stop.Key);
        }

        HappenWithMemory(new SchedulerEvent.Ended(stop.Key, stop.Instance, null));
    }

    private async Task ObserveAsync(string key, long instance, IRunner runner)
    {
        var reason = await runner.Exited.ConfigureAwait(false);
        var happened = new SchedulerEvent.Ended(key, instance, reason);
        if (runner.Stopping.IsCancellationRequested)
        {
            // It was stopped: its memory is free once the process has ended. A second event for the same runner is ignored.
            await runner.DisposeAsync().ConfigureAwait(false);
            HappenWithMemory(happened);
            return;
        }

        _log.LogWarning("llama-server for {Model} ended: {Reason}", key, reason);
        HappenWithMemory(happened);
        await runner.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class Pending(Waiter waiter) : TaskCompletionSource<LeaseResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Waiter Waiter { get; set; } = waiter;
    }
}
