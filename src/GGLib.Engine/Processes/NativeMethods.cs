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

    /// <param name="folder">The descriptor of the folder that relative paths start from.</param>
    /// <param name="path">The path.</param>
    /// <param name="flags">How the path is resolved.</param>
    /// <param name="mask">The fields that are asked for.</param>
    /// <param name="status">Receives a <c>struct statx</c>.</param>
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetExtendedStatus(int folder, string path, int flags, uint mask, Span<byte> status);

    /// <param name="path">The path.</param>
    /// <param name="status">Receives a <c>struct stat</c> of macOS.</param>
    [LibraryImport("libc", EntryPoint = "lstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetLinkStatus(string path, Span<byte> status);

    /// <param name="path">The path.</param>
    /// <param name="status">Receives a <c>struct stat</c> of macOS.</param>
    [LibraryImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetLinkStatusOnX64(string path, Span<byte> status);

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
