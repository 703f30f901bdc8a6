using System.Runtime.InteropServices;

namespace GGLib.Serving;

/// <summary>
/// A shell without job control starts background programs with SIGINT ignored, and .NET keeps a signal ignored that was so at
/// the start: a handler registered for it is never called. A server should stop on SIGINT however it was started.
/// </summary>
internal static partial class IgnoredSignal
{
    private const int SigInt = 2;
    private const nint Default = 0;
    private const nint Ignored = 1;

    /// <summary>Gives SIGINT its default action if it is ignored. To be called before anything registers a handler.</summary>
    public static void Heed()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // Room enough for struct sigaction of any system; its handler comes first on all that .NET runs on.
        Span<nint> action = stackalloc nint[64];
        if (Query(SigInt, 0, action) == 0 && action[0] == Ignored)
        {
            SetAction(SigInt, Default);
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int Query(int signal, nint none, Span<nint> current);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetAction(int signal, nint action);
}
