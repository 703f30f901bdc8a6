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

    public TimeSpan? NextTick => _core.NextTick(State, Now);

    public static EngineModel Model(string key, int trainingContext = 0) => new() { Key = key, Path = "/" + key, TrainingContext = trainingContext };

    public Waiter Arrive(string model, int? context = null, KeepAlive? keepAlive = null, LoadOptions? options = null)
    {
        var waiter = new Waiter(++_lastWaiter, Model(model), context, keepAlive, Now) { Options = options ?? LoadOptions.None };
        Waiting.Add(waiter);
        Step(new SchedulerEvent.Arrive(waiter));
        return waiter;
    }

    public void Leave(Waiter waiter)
    {
        Waiting.Remove(waiter);
        Ended.Add(waiter.Id, "left");
        Step(new SchedulerEvent.Leave(waiter.Id));
    }

    public void Release((Waiter Waiter, Process Process) lease)
    {
        Leases.Remove(lease);
        Step(new SchedulerEvent.Release(lease.Process.Key, lease.Process.Instance));
    }

    public void Release(Waiter waiter) => Release(Leases.Single(lease => lease.Waiter == waiter));

    public void Unload(string model)
    {
        _unloaded.Add(model);
        Step(new SchedulerEvent.Unload(model));
    }

    public void Load(Process process, int contextLength = 2048)
    {
        process.IsLoading = false;
        process.ContextLength = contextLength;
        Step(new SchedulerEvent.Started(process.Key, process.Instance, contextLength));
    }

    public void FailToLoad(Process process, string reason = "no memory")
    {
        Processes.Remove(process);
        Step(new SchedulerEvent.StartFailed(process.Key, process.Instance, new EngineFailure.LoadFailed(reason)));
    }

    /// <summary>The process has ended, asked to or not.</summary>
    public void End(Process process, string? reason = null)
    {
        Processes.Remove(process);
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

    private void Step(SchedulerEvent happened)
    {
        var before = State;
        (State, var effects) = _core.Step(State, happened, Now);
        History.Add($"{Now.TotalSeconds:F1}s {happened} => {string.Join("; ", effects)}");
        foreach (var effect in effects)
        {
            Apply(effect, before);
        }

        Check();
    }

    private void Apply(SchedulerEffect effect, SchedulerState before)
    {
        switch (effect)
        {
            case SchedulerEffect.Start start:
                Demand(!Processes.Exists(process => process.Key == start.Model.Key), "two processes of one model");
                Demand(!IsShuttingDown, "a start while shutting down");
                Processes.Add(new Process(start.Model.Key, start.Instance, start.Context, start.Options));
                break;
            case SchedulerEffect.Stop stop:
                var ending = Processes.Find(process => process.Instance == stop.Instance && process.Key == stop.Key);
                Demand(ending is { IsStopping: false }, "a stop of what does not run");
                Demand(IsShuttingDown || (!ending!.IsLoading && !Leases.Exists(lease => lease.Process == ending)), "a stop of what is not idle");
                Demand(IsShuttingDown || MayStop(before.Runners[stop.Key], before), "a stop without a reason");
                ending!.IsStopping = true;
                break;
            case SchedulerEffect.Grant grant:
                var waiter = Waiting.Find(waiting => waiting.Id == grant.WaiterId);
                Demand(waiter is not null, "a lease for nobody, or a second one");
                var granted = Processes.Find(process => process.Instance == grant.Instance);
                Demand(granted is { IsLoading: false, IsStopping: false } && granted.Key == waiter!.Model.Key && granted.Key == grant.Key, "a lease on the wrong process");
                Demand(waiter!.Context is null || waiter.Context <= granted!.ContextLength || waiter.Context <= granted.AskedContext, "a lease on too small a context");
                Demand(waiter.Options.IsServedBy(granted!.Options), "a lease on another launch than was asked for");
                Waiting.Remove(waiter);
                Ended.Add(waiter.Id, "granted");
                granted!.HasServed = true;
                Leases.Add((waiter, granted));
                break;
            case SchedulerEffect.Refuse refuse:
                var refused = Waiting.Find(waiting => waiting.Id == refuse.WaiterId);
                Demand(refused is not null, "a refusal for nobody, or a second one");
                Demand(refuse.Failure is not EngineFailure.QueueFull || before.Queue.Count >= settings.MaxQueue, "the queue is not full");
                Waiting.Remove(refused!);
                Ended.Add(refused!.Id, refuse.Failure.Message);
                break;
        }
    }

    /// <summary>Due, in the way of somebody who waits, or too small for who waits; and of those in the way none was used earlier.</summary>
    private bool MayStop(RunnerEntry entry, SchedulerState before)
    {
        if (entry.DueAt <= Now || entry.KeepAlive.IsNone || _unloaded.Contains(entry.Model.Key) || Waiting.Exists(waiter => waiter.Model.Key == entry.Model.Key && !entry.Serves(waiter)))
        {
            return true;
        }

        return Waiting.Exists(waiter => waiter.Model.Key != entry.Model.Key)
            && !before.Runners.Values.Any(other => other.IsIdle && State.Runners.TryGetValue(other.Model.Key, out var now) && now == other
                && other.LastUsed < entry.LastUsed && !Waiting.Exists(waiter => waiter.Model.Key == other.Model.Key));
    }

    private void Check()
    {
        Demand(Processes.Count <= settings.MaxLoadedModels, "more models loaded than may");
        Demand(State.Queue.SequenceEqual(Waiting), "the queue is not who waits");
        Demand(Waiting.Count <= settings.MaxQueue, "more wait than may");
        Demand(NextTick is not { } next || next > Now, "a tick that is due already: it would come again and again");
        foreach (var process in Processes)
        {
            var entry = State.Runners.GetValueOrDefault(process.Key);
            Demand(entry?.Instance == process.Instance, "a process that is forgotten");
            var held = Leases.Count(lease => lease.Process == process);
            Demand(process.IsStopping || entry!.Leases == held, "leases counted wrongly");
            Demand(IsShuttingDown || process.IsStopping || process.IsLoading || held > 0 || !entry!.KeepAlive.IsNone, "keep-alive 0 and idle, but still there");
            Demand(IsShuttingDown || process.IsStopping || process.IsLoading || held > 0 || entry!.DueAt is not { } due || due > Now, "overdue, but still there");
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

        public bool IsLoading { get; set; } = true;

        public bool IsStopping { get; set; }

        public bool HasServed { get; set; }

        public int ContextLength { get; set; }

        public override string ToString() => $"{key}#{instance}";
    }
}
