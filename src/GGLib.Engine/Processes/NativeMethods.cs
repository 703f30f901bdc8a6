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
}
