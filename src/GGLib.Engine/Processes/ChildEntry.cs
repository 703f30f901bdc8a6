using System.Globalization;
using System.Runtime.Versioning;

namespace GGLib.Engine.Processes;

/// <summary>
/// gglib as the first thing that runs in a child's process, on Linux systems whose <c>setpriv</c> knows no parent-death signal (busybox) or that have none:
/// asks the kernel for the signal, leaves the terminal's session, and becomes the child's program. The process id stays.
/// </summary>
public static class ChildEntry
{
    /// <summary>The first argument of a program that is called for this: <c>gglib __child PARENT PROGRAM ARGUMENT…</c>.</summary>
    public const string Verb = "__child";

    /// <summary>The exit code when gglib was gone before the child began.</summary>
    public const int ParentGone = 125;

    private const int CannotRun = 127;
    private const int SetParentDeathSignal = 1;
    private const int Sigkill = 9;

    /// <summary>Whether these arguments are a call of this kind.</summary>
    public static bool IsCall(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return OperatingSystem.IsLinux() && arguments.Length >= 3 && arguments[0] == Verb;
    }

    /// <summary>Becomes the child's program. Returns only when that fails, with the exit code. Call it on the main thread, before anything else.</summary>
    [SupportedOSPlatform("linux")]
    public static int Run(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        _ = NativeMethods.ProcessControl(SetParentDeathSignal, Sigkill, 0, 0, 0);

        // It may have been killed before the line above.
        if (NativeMethods.GetParentProcessId().ToString(CultureInfo.InvariantCulture) != arguments[1])
        {
            return ParentGone;
        }

        _ = NativeMethods.SetSession();
        string?[] program = [.. arguments.AsSpan(2), null];
        _ = NativeMethods.Execute(arguments[2], program);
        Console.Error.WriteLine($"error: cannot run {arguments[2]}");
        return CannotRun;
    }
}
