using System.Runtime.InteropServices;

namespace GGLib.Engine.Processes;

/// <summary>What the framework does not offer.</summary>
internal static partial class NativeMethods
{
    public const int Sigterm = 15;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int GetParentProcessId();

    [LibraryImport("libc", EntryPoint = "setsid")]
    public static partial int SetSession();

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nint second, nint third, nint fourth, nint fifth);

    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments, itself first, null last.</param>
    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Execute(string path, string?[] arguments);
}
