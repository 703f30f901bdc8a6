using GGLib.Engine.Processes;

namespace GGLib.Engine.Scheduling;

/// <summary>A request's hold on a runner: as long as it is not disposed, the runner is not unloaded. Dispose it once, on any thread.</summary>
public sealed class Lease : IDisposable
{
    private readonly Scheduler _scheduler;
    private readonly string _key;
    private readonly long _instance;
    private int _released;

    internal Lease(Scheduler scheduler, string key, long instance, IRunner runner)
    {
        _scheduler = scheduler;
        _key = key;
        _instance = instance;
        Runner = runner;
    }

    /// <summary>The runner to talk to. It can die at any moment.</summary>
    public IRunner Runner { get; }

    /// <summary>Whether the request was answered: then earlier crashes of the model's processes are forgotten. Set before disposing.</summary>
    public bool IsAnswered { get; set; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            _scheduler.Release(_key, _instance, IsAnswered);
        }
    }
}
