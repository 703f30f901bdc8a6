using System.Runtime.InteropServices;

namespace GGLib.Serving;

/// <summary>
/// Turns SIGINT (Ctrl-C) and SIGTERM into a token; the second one ends the program at once. A handler of our own also where
/// SIGINT was ignored, as a shell leaves it for programs it starts in the background.
/// </summary>
internal sealed partial class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;

    public StopSignals()
    {
        HeedInterrupt();
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

    // The runtime installs no handler for a signal that it finds ignored.
    private static void HeedInterrupt()
    {
        if (!OperatingSystem.IsWindows())
        {
            const int Interrupt = 2;
            const nint Default = 0;
            _ = SetDisposition(Interrupt, Default);
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetDisposition(int signal, nint handler);

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
