using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using GGLib.Engine.Launching;

namespace GGLib.Engine.Processes;

/// <summary>One running child: its lines are read, its end is known, and it can be ended. Owned by one runner, which disposes it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StreamReader _output;
    private readonly StreamReader _errors;
    private readonly TaskCompletionSource<string> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static readonly ConcurrentDictionary<int, ChildProcess> All = new();

    // Guards what a concurrent Refresh of the Process object disturbs.
    private readonly Lock _gate = new();
    private bool _hasEnded;
    private volatile bool _killed;

    private ChildProcess(Process process, ChildLog log)
    {
        _process = process;
        _output = process.StandardOutput;
        _errors = process.StandardError;
        Log = log;
        Id = process.Id;
        All[Id] = this;
        _ = ObserveAsync();
    }

    /// <summary>The process ids of all children that run.</summary>
    public static IEnumerable<int> Running => All.Keys;

    public int Id { get; }

    public ChildLog Log { get; }

    /// <summary>Completes when the child has ended and its last line was read, with the reason for people.</summary>
    public Task<string> Exited => _exited.Task;

    /// <summary>Its exit code, once it has <see cref="Exited"/>.</summary>
    public int ExitCode { get; private set; }

    /// <exception cref="Win32Exception">The program cannot be run.</exception>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="log">Where its lines go.</param>
    /// <param name="ownLibraries">Whether the program brings its libraries along: a search path of the user's must not outrank them.</param>
    /// <param name="environment">Variables besides those that <see cref="ChildEnvironment"/> passes; null for none.</param>
    public static async Task<ChildProcess> StartAsync(IReadOnlyList<string> command, ChildLog log, bool ownLibraries = false, IReadOnlyList<LaunchVariable>? environment = null)
    {
        var wrapped = ChildCommand.Wrap(command);
        var start = new ProcessStartInfo(wrapped[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in wrapped.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        ChildEnvironment.Reduce(start.Environment);
        foreach (var variable in environment ?? [])
        {
            start.Environment[variable.Name] = variable.Value;
        }

        if (ownLibraries)
        {
            start.Environment.Remove("LD_LIBRARY_PATH");
            start.Environment.Remove("DYLD_LIBRARY_PATH");
        }

        var process = await ChildLauncher.Instance.StartAsync(start).ConfigureAwait(false);
        process.StandardInput.Close();
        return new ChildProcess(process, log);
    }

    /// <summary>What the child has used so far; zeros when it has ended.</summary>
    public (TimeSpan Processor, long ResidentBytes) Usage()
    {
        try
        {
            lock (_gate)
            {
                if (_hasEnded)
                {
                    return default;
                }

                _process.Refresh();
                return (_process.TotalProcessorTime, _process.WorkingSet64);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // Win32Exception: the child ended, but the Process object has not observed the exit yet.
            return default;
        }
    }

    /// <summary>Asks the child to end, and kills it when it has not after the grace.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (!_exited.Task.IsCompleted && !OperatingSystem.IsWindows() && NativeMethods.Kill(Id, NativeMethods.Sigterm) == 0)
        {
            await Task.WhenAny(_exited.Task, Task.Delay(grace)).ConfigureAwait(false);
        }

        if (!_exited.Task.IsCompleted)
        {
            try
            {
                _killed = true;
                _process.Kill(entireProcessTree: true);
            }
            catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
            {
                // The child ended between the check and the call.
            }

            await _exited.Task.ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);

        // What was taken out of a process is not closed with it.
        _output.Dispose();
        _errors.Dispose();
        _process.Dispose();
    }

    private async Task ObserveAsync()
    {
        var output = ReadAsync(_output);
        var errors = ReadAsync(_errors);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        lock (_gate)
        {
            // A concurrent Refresh makes the Process object forget that it has exited, and ExitCode throw.
            _hasEnded = true;
            ExitCode = _process.ExitCode;
        }

        All.TryRemove(new(Id, this));

        // A grandchild that inherited the pipes could hold them open: the end of the child is what counts.
        await Task.WhenAny(Task.WhenAll(output, errors), Task.Delay(TimeSpan.FromSeconds(1))).ConfigureAwait(false);
        _exited.TrySetResult(Reason());
    }

    private async Task ReadAsync(StreamReader reader)
    {
        try
        {
            var lines = new BoundedLines(reader);
            while (await lines.ReadAsync().ConfigureAwait(false) is { } line)
            {
                Log.Add(line);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The pipe ended with the child.
        }
    }

    private string Reason()
    {
        var code = ExitCode;
        var how = code > 128 ? $"ended by signal {code - 128}" : $"exit code {code}";
        if (Log.LastError is { } error)
        {
            return $"{error} ({how})";
        }

        // Nothing else sends this signal to a program of gglib's own accord.
        return code == 137 && !_killed ? "killed by signal 9, as the operating system does when memory runs out"
            : Log.Count == 0 ? $"{how}, before it wrote a line"
            : how;
    }
}
