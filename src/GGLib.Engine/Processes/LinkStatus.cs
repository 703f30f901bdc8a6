using System.Runtime.InteropServices;

namespace GGLib.Engine.Processes;

/// <summary>The owner, type and permissions of a path itself: a link is described, not what it leads to.</summary>
/// <param name="Owner">The user id of the owner.</param>
/// <param name="Mode">The type and the permissions, as in <c>st_mode</c>.</param>
internal readonly record struct LinkStatus(uint Owner, int Mode)
{
    private const int TypeMask = 0xF000;
    private const int Folder = 0x4000;
    private const int RegularFile = 0x8000;
    private const int Link = 0xA000;

    public bool IsFolder => (Mode & TypeMask) == Folder;

    public bool IsFile => (Mode & TypeMask) == RegularFile;

    public bool IsLink => (Mode & TypeMask) == Link;

    public UnixFileMode Permissions => (UnixFileMode)(Mode & 0xFFF);

    /// <summary>The status of a path; null if there is nothing, or if it cannot be read.</summary>
    /// <exception cref="PlatformNotSupportedException">This is neither Linux nor macOS.</exception>
    public static LinkStatus? Of(string path) =>
        OperatingSystem.IsLinux() ? OnLinux(path)
        : OperatingSystem.IsMacOS() ? OnMac(path)
        : throw new PlatformNotSupportedException();

    // struct statx is the same on every architecture; struct stat is not.
    private static LinkStatus? OnLinux(string path)
    {
        const int WorkingFolder = -100;
        const int NoFollow = 0x100;
        const uint TypeModeOwner = 0x1 | 0x2 | 0x8;
        Span<byte> status = stackalloc byte[256];
        return NativeMethods.GetExtendedStatus(WorkingFolder, path, NoFollow, TypeModeOwner, status) == 0
            ? new(MemoryMarshal.Read<uint>(status[20..]), MemoryMarshal.Read<ushort>(status[28..]))
            : null;
    }

    private static LinkStatus? OnMac(string path)
    {
        Span<byte> status = stackalloc byte[256];
        var result = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? NativeMethods.GetLinkStatusOnX64(path, status) : NativeMethods.GetLinkStatus(path, status);
        return result == 0 ? new(MemoryMarshal.Read<uint>(status[16..]), MemoryMarshal.Read<ushort>(status[4..])) : null;
    }
}
