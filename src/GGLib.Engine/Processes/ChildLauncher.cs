using System.Collections.Concurrent;
using System.Diagnostics;

namespace GGLib.Engine.Processes;

/// <summary>
/// Starts children from one thread that lives as long as the program: the parent-death signal fires when the thread that forked ends, and a pool
/// thread ends after some idle seconds.
/// </summary>
internal sealed class ChildLauncher
{
    private readonly BlockingCollection<Action> _work = [];

    private ChildLauncher()
    {
        var thread = new Thread(() =>
        {
            foreach (var action in _work.GetConsumingEnumerable())
            {
                action();
            }
        })
        {
            IsBackground = true,
            Name = "gglib child launcher",
        };
        thread.Start();
    }

    public static ChildLauncher Instance { get; } = new();

    /// <summary>Starts the process.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be run.</exception>
    public Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
#pragma warning disable CA1031 // Handed to whoever waits; this thread must not end.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }
}
