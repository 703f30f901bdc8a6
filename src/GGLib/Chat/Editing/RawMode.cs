using System.Runtime.InteropServices;

namespace GGLib.Chat.Editing;

/// <summary>The terminal of standard input without echo, without lines, without signals from keys. Unix only.</summary>
internal sealed partial class RawMode : IDisposable
{
    private const int Input = 0;
    private const int WhenWritten = 1;

    // Room enough for struct termios of any system.
    private readonly byte[] _before = new byte[256];
    private readonly byte[] _raw = new byte[256];

    private RawMode()
    {
    }

    /// <summary>Null when standard input is no terminal.</summary>
    public static RawMode? Enter()
    {
        var mode = new RawMode();
        if (Get(Input, mode._before) != 0)
        {
            return null;
        }

        mode._before.CopyTo(mode._raw, 0);
        MakeRaw(mode._raw);

        // Output stays as it was, so that "\n" still begins a new line. c_oflag is the second field, of four bytes on Linux
        // and eight on macOS.
        var size = OperatingSystem.IsMacOS() ? 8 : 4;
        mode._before.AsSpan(size, size).CopyTo(mode._raw.AsSpan(size));
        mode.Renew();
        return mode;
    }

    /// <summary>Once more: a child of ours that had the terminal leaves it as it likes.</summary>
    public void Renew() => Set(Input, WhenWritten, _raw);

    public void Dispose() => Set(Input, WhenWritten, _before);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int Get(int file, byte[] settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int Set(int file, int when, byte[] settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(byte[] settings);
}
