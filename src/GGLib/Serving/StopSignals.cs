using System.Runtime.InteropServices;

namespace GGLib.Serving;

/// <summary>
/// Turns SIGINT (Ctrl-C) and SIGTERM into a token; the second one ends the program at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;

    public StopSignals()
    {
        IgnoredSignal.Heed();
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];
    }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            // The children go with us: the kernel ends them where it can, the next start sweeps up elsewhere.
            Environment.Exit(ExitCode.Failure);
        }

        _stop.Cancel();
    }
}
