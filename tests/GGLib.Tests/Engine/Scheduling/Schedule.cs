using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;

namespace GGLib.Tests.Engine.Scheduling;

/// <summary>
/// The scheduler's core in a world that is simulated: processes that load, answer, crash and end, and clients that come and go. Every step is checked
/// against what the world knows by itself; the core's own books are believed nowhere.
/// </summary>
internal sealed class Schedule(EngineSettings settings)
{
    private readonly SchedulerCore _core = new(settings);
    private readonly HashSet<string> _unloaded = [];
    private MemoryCapacity _capacity = MemoryCapacity.Unlimited;
    private readonly List<Process> _failures = [];
    private readonly List<(Process Process, TimeSpan At)> _failedStarts = [];
    private Process? _failing;
    private long _lastWaiter;

    public SchedulerState State { get; private set; } = SchedulerState.Empty;

    public TimeSpan Now { get; private set; }

    /// <summary>Those who wait, in order of arrival.</summary>
    public List<Waiter> Waiting { get; } = [];

    public Dictionary<long, string> Ended { get; } = [];

    public List<Process> Processes { get; } = [];

    /// <summary>Leases held: the waiter, the process, and when it was handed out.</summary>
    public List<(Waiter Waiter, Process Process)> Leases { get; } = [];

    public List<string> History { get; } = [];

    public bool IsShuttingDown { get; private set; }

    /// <summary>Requests that a process answers side by side; 0: no limit.</summary>
    public int Slots { get; init; }

    /// <summary>How a model is run, where that differs from others.</summary>
    public Dictionary<string, EngineSettings> SettingsOf { get; } = [];

    /// <summary>The bytes of a model's file, where that is not nothing.</summary>
    public Dictionary<string, long> SizeOf { get; } = [];

    public TimeSpan? NextTick => _core.NextTick(State, Now);

    public static EngineModel Model(string key, int trainingContext = 0) => new() { Key = key, Path = "/" + key, TrainingContext = trainingContext };

    public Waiter Arrive(string model, int? context = null, KeepAlive? keepAlive = null, LoadOptions? options = null, long bytesPerToken = 0)
    {
        var waiter = new Waiter(++_lastWaiter, Model(model) with { SizeBytes = SizeOf.GetValueOrDefault(model), KvBytesPerToken = bytesPerToken }, context, keepAlive, Now)
        {
            Options = options ?? LoadOptions.None,
            Settings = SettingsOf.GetValueOrDefault(model, settings),
        };
        Waiting.Add(waiter);
        Step(new SchedulerEvent.Arrive(waiter));
        return waiter;
    }

    public void Leave(Waiter waiter)
    {
        Waiting.Remove(waiter);
        Ended.Add(waiter.Id, "left");
        foreach (var loading in Processes.Where(process => process.IsLoading && process.Key == waiter.Model.Key))
        {
            loading.WantedAt = Now;
        }

        Step(new SchedulerEvent.Leave(waiter.Id));
    }

    public void Release((Waiter Waiter, Process Process) lease, bool answered = true)
    {
        Leases.Remove(lease);
        Step(new SchedulerEvent.Release(lease.Process.Key, lease.Process.Instance, answered));
    }

    public void Release(Waiter waiter, bool answered) => Release(Leases.Single(lease => lease.Waiter == waiter), answered);

    public void Release(Waiter waiter) => Release(waiter, answered: true);

    public void Unload(string model)
    {
        _unloaded.Add(model);
        Step(new SchedulerEvent.Unload(model));
    }

    /// <summary>The process answers, and has taken as much memory as was estimated, or so many bytes.</summary>
    public void Load(Process process, int contextLength = 2048, long? bytes = null)
    {
        process.IsLoading = false;
        process.ContextLength = contextLength;
        MemoryAmount? memory = bytes is { } real ? new(real) : null;
        process.Memory = memory ?? process.Memory;
        _failedStarts.RemoveAll(failed => failed.Process.IsLaunchedAs(process));
        Step(new SchedulerEvent.Started(process.Key, process.Instance, contextLength, Slots, memory));
    }

    public void SetCapacity(MemoryCapacity capacity)
    {
        _capacity = capacity;
        Step(new SchedulerEvent.CapacityRead(capacity));
    }

    /// <summary>It is found to be stuck.</summary>
    public void Stall(Process process)
    {
        process.IsStalled = true;
        Step(new SchedulerEvent.Stalled(process.Key, process.Instance, "stuck"));
    }

    /// <summary>It is found to have grown too much.</summary>
    public void WearOut(Process process)
    {
        process.IsWorn = true;
        Step(new SchedulerEvent.WornOut(process.Key, process.Instance, "grown"));
    }

    public void FailToLoad(Process process, string reason = "no memory")
    {
        Processes.Remove(process);
        Failed(process, atStart: true);
        Step(new SchedulerEvent.StartFailed(process.Key, process.Instance, new EngineFailure.LoadFailed(reason)));
    }

    /// <summary>The process has ended, asked to or not.</summary>
    public void End(Process process, string? reason = null)
    {
        Processes.Remove(process);
        Failed(process, atStart: false);
        Step(new SchedulerEvent.Ended(process.Key, process.Instance, reason));
    }

    public void Tick() => Step(new SchedulerEvent.Tick());

    public void ShutDown()
    {
        IsShuttingDown = true;
        Step(new SchedulerEvent.ShutDown());
    }

    public void Advance(TimeSpan time) => Now += time;

    public Process Running(string model) => Processes.Single(process => process.Key == model && !process.IsStopping);

    private void Failed(Process process, bool atStart)
    {
        _failing = process;
        if (!process.IsStopping || process.IsStalled)
        {
            _failures.Add(process);
            if (atStart)
            {
                _failedStarts.Add((process, Now));
            }
        }
    }

    private void Step(SchedulerEvent happened)
    {
        var before = State;
        (State, var effects) = _core.Step(State, happened, Now);
        History.Add($"{Now.TotalSeconds:F1}s {happened} => {string.Join("; ", effects)}");
        foreach (var effect in effects)
        {
            Apply(effect, before);
        }

        _failing = null;
        Check();
    }

    private void Apply(SchedulerEffect effect, SchedulerState before)
    {
        switch (effect)
        {
            case SchedulerEffect.Start start:
                Demand(!Processes.Exists(process => process.Key == start.Model.Key), "two processes of one model");
                Demand(!IsShuttingDown, "a start while shutting down");
                Processes.Add(new Process(start.Model.Key, start.Instance, start.Need.Context, start.Need.Options) { Memory = start.Need.Memory, WantedAt = Now });
                Demand(IsWithinBudget(start.Need.Memory), "a start beyond the budget");
                Demand(settings.MaxLoadedModels == 0 || Processes.Count <= settings.MaxLoadedModels, "a start beyond the places");
                break;
            case SchedulerEffect.Stop stop:
                var ending = Processes.Find(process => process.Instance == stop.Instance && process.Key == stop.Key);
                Demand(ending is { IsStopping: false }, "a stop of what does not run");
                Demand(IsShuttingDown || ending!.IsStalled || (ending.IsLoading ? IsUnwanted(ending) : !Leases.Exists(lease => lease.Process == ending)), "a stop of what is not idle");
                Demand(IsShuttingDown || ending!.IsStalled || ending.IsLoading || MayStop(ending, before.Runners[stop.Key], before), "a stop without a reason");
                ending!.IsStopping = true;
                break;
            case SchedulerEffect.Grant grant:
                var waiter = Waiting.Find(waiting => waiting.Id == grant.WaiterId);
                Demand(waiter is not null, "a lease for nobody, or a second one");
                var granted = Processes.Find(process => process.Instance == grant.Instance);
                Demand(granted is { IsLoading: false, IsStopping: false } && granted.Key == waiter!.Model.Key && granted.Key == grant.Key, "a lease on the wrong process");
                Demand(waiter!.Context is null || waiter.Context <= granted!.ContextLength || waiter.Context <= granted.AskedContext, "a lease on too small a context");
                Demand(waiter.Options.IsServedBy(granted!.Options), "a lease on another launch than was asked for");
                Demand(Slots == 0 || Leases.Count(lease => lease.Process == granted) < Slots * 2, "more leases than slots and those who wait for them");
                Demand(Waiting.Find(waiting => waiting.Model.Key == granted.Key) == waiter, "somebody of the same model waits longer");
                Waiting.Remove(waiter);
                Ended.Add(waiter.Id, "granted");
                granted!.HasServed = true;
                Leases.Add((waiter, granted));
                break;
            case SchedulerEffect.Refuse refuse:
                var refused = Waiting.Find(waiting => waiting.Id == refuse.WaiterId);
                Demand(refused is not null, "a refusal for nobody, or a second one");
                Demand(refuse.Failure is not EngineFailure.QueueFull || before.Queue.Count >= settings.MaxQueue, "the queue is not full");
                Demand(refuse.Failure is not EngineFailure.DoesNotFit || !Fits(refused!), "it would fit");
                Demand(refuse.Failure is not EngineFailure.LoadFailed || IsOf(_failing, refused!), "the failure of another launch");
                Demand(refuse.Failure is not EngineFailure.CrashLoop || MayHoldBack(refused!, before), "held back without failures of its own launch");
                Waiting.Remove(refused!);
                Ended.Add(refused!.Id, refuse.Failure.Message);
                break;
        }
    }

    /// <summary>Due, worn, too small for who waits, or in the way of somebody who waits or of the budget; and of those in the way, and as large, none is worth less.</summary>
    private bool MayStop(Process process, RunnerEntry entry, SchedulerState before)
    {
        if (process.IsWorn || _unloaded.Contains(process.Key) || Waiting.Exists(waiter => waiter.Model.Key == process.Key && !entry.Serves(waiter) && !HasFailedToStart(waiter, TimeSpan.FromMinutes(1))))
        {
            return true;
        }

        if (SettingsOf.GetValueOrDefault(process.Key, settings).Pinned)
        {
            return false;
        }

        if (entry.DueAt <= Now || entry.KeepAlive.IsNone)
        {
            return true;
        }

        return (Waiting.Exists(waiter => waiter.Model.Key != process.Key && !Processes.Exists(other => other.Key == waiter.Model.Key && !other.IsStopping)) || !IsWithinBudget())
            && !before.Runners.Values.Any(other => other is { IsIdle: true, IsPinned: false } && State.Runners.TryGetValue(other.Model.Key, out var now) && now == other
                && IsAlike(other.Memory, entry.Memory) && other.Worth(Now) < entry.Worth(Now) && !Waiting.Exists(waiter => waiter.Model.Key == other.Model.Key));
    }

    private bool IsAlike(MemoryAmount one, MemoryAmount other) =>
        one.Host == other.Host && Enumerable.Range(0, _capacity.Devices.Length).All(device => one.Device(device) == other.Device(device));

    /// <summary>Whether the process was launched for what this waiter asked for, or as everybody's.</summary>
    private static bool IsOf(Process? process, Waiter waiter) =>
        process is not null && process.Key == waiter.Model.Key
        && (process.IsDefault || (process.AskedContext == waiter.Context && process.Options == waiter.Options));

    /// <summary>Three failures of the model as everybody launches it, or of what this waiter asked for; or one start of the latter while the model is loaded otherwise.</summary>
    private bool MayHoldBack(Waiter waiter, SchedulerState before)
    {
        return _failures.Count(process => process.Key == waiter.Model.Key && process.IsDefault) >= 3
            || _failures.Count(process => !process.IsDefault && IsOf(process, waiter)) >= 3
            || (HasFailedToStart(waiter, TimeSpan.MaxValue) && (IsLoaded(State) || IsLoaded(before)));

        // It may have become ready and, being due, have been stopped in one step.
        bool IsLoaded(SchedulerState state) => state.Runners[waiter.Model.Key].Phase is RunnerPhase.Ready or RunnerPhase.Stopping;
    }

    private bool HasFailedToStart(Waiter waiter, TimeSpan within) =>
        _failedStarts.Exists(failed => !failed.Process.IsDefault && IsOf(failed.Process, waiter) && Now - failed.At < within);

    /// <summary>Idle, wanted by nobody, and lying where more is taken than there is.</summary>
    private bool IsInTheWay(Process process)
    {
        var staying = Processes.Where(static other => !other.IsStopping).ToList();
        return !process.IsStopping && State.Runners[process.Key] is { IsIdle: true, IsPinned: false } && !Waiting.Exists(waiter => waiter.Model.Key == process.Key)
            && ((process.Memory.Host > 0 && staying.Sum(static other => other.Memory.Host) > _capacity.HostBytes)
                || staying.Sum(static other => other.Memory.Total) > _capacity.MostBytes
                || _capacity.Devices.Where((device, index) => process.Memory.Device(index) > 0 && staying.Sum(other => other.Memory.Device(index)) > device.FreeBytes).Any());
    }

    private bool IsUnwanted(Process process) => !Waiting.Exists(waiter => waiter.Model.Key == process.Key) && Now - process.WantedAt >= settings.UnwantedLoad;

    private bool IsWithinBudget() => IsWithin(Processes.Sum(static process => process.Memory.Host), [.. _capacity.Devices.Select((_, index) => Processes.Sum(process => process.Memory.Device(index)))]);

    /// <summary>The same for those places alone where something is added; others may be overdrawn by who took more than was estimated.</summary>
    private bool IsWithinBudget(MemoryAmount added) => IsWithin(
        added.Host > 0 ? Processes.Sum(static process => process.Memory.Host) : 0,
        [.. _capacity.Devices.Select((_, index) => added.Device(index) > 0 ? Processes.Sum(process => process.Memory.Device(index)) : 0)])
        && Processes.Sum(static process => process.Memory.Total) <= _capacity.MostBytes;

    private bool IsWithin(long host, IReadOnlyList<long> devices) =>
        host <= _capacity.HostBytes && host + devices.Sum() <= _capacity.MostBytes && devices.Zip(_capacity.Devices).All(static pair => pair.First <= pair.Second.FreeBytes);

    /// <summary>Whether the waiter's model could be loaded beside those that stay for good.</summary>
    private bool Fits(Waiter waiter)
    {
        var need = LoadNeed.Of(waiter.Model, waiter.Context, waiter.Options, waiter.Settings, State).Memory;
        var staying = Processes.Where(process => process.Key != waiter.Model.Key && !process.IsStopping && State.Runners[process.Key].IsPinned).ToList();
        return (settings.MaxLoadedModels == 0 || staying.Count < settings.MaxLoadedModels)
            && IsWithin(need.Host + staying.Sum(static process => process.Memory.Host), [.. _capacity.Devices.Select((_, index) => need.Device(index) + staying.Sum(process => process.Memory.Device(index)))]);
    }

    private void Check()
    {
        foreach (var loading in Processes.Where(process => process.IsLoading && Waiting.Exists(waiter => waiter.Model.Key == process.Key)))
        {
            loading.WantedAt = Now;
        }

        Demand(settings.MaxLoadedModels == 0 || Processes.Count <= settings.MaxLoadedModels, "more models loaded than may");
        Demand(State.Queue.Select(static waiter => waiter.Id).SequenceEqual(Waiting.Select(static waiter => waiter.Id)), "the queue is not who waits");
        Demand(Waiting.Count <= settings.MaxQueue, "more wait than may");
        Demand(NextTick is not { } next || next > Now, "a tick that is due already: it would come again and again");
        Demand(IsShuttingDown || Processes.Count(static process => !process.IsStopping) < 2 || !Processes.Exists(IsInTheWay), "beyond the budget though one could go");
        foreach (var process in Processes)
        {
            var entry = State.Runners.GetValueOrDefault(process.Key);
            Demand(entry?.Instance == process.Instance, "a process that is forgotten");
            var held = Leases.Count(lease => lease.Process == process);
            Demand(process.IsStopping || entry!.Leases == held, "leases counted wrongly");
            if (IsShuttingDown || process.IsStopping || process.IsLoading || held > 0)
            {
                Demand(IsShuttingDown || process.IsStopping || !process.IsLoading || !IsUnwanted(process), "a load that nobody wants, but still going on");
                continue;
            }

            Demand(!entry!.KeepAlive.IsNone || entry.IsPinned, "keep-alive 0 and idle, but still there");
            Demand(entry.DueAt is not { } due || due > Now, "overdue, but still there");
            Demand(!process.IsWorn, "worn and idle, but still there");
        }
    }

    private void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"{otherwise}\n{string.Join('\n', History.TakeLast(40))}");
        }
    }

    /// <summary>A child process as the world sees it.</summary>
    internal sealed class Process(string key, long instance, int? askedContext, LoadOptions options)
    {
        public string Key => key;

        public long Instance => instance;

        public int? AskedContext => askedContext;

        public LoadOptions Options => options;

        public bool IsDefault => askedContext is null && options == LoadOptions.None;

        public bool IsLoading { get; set; } = true;

        public bool IsStopping { get; set; }

        public bool IsStalled { get; set; }

        public bool IsWorn { get; set; }

        public MemoryAmount Memory { get; set; }

        public TimeSpan WantedAt { get; set; }

        public bool HasServed { get; set; }

        public int ContextLength { get; set; }

        public bool IsLaunchedAs(Process other) => key == other.Key && askedContext == other.AskedContext && options == other.Options;

        public override string ToString() => $"{key}#{instance}";
    }
}
