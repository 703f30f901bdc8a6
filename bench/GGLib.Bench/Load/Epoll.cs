using System.ComponentModel;
using System.Runtime.InteropServices;

namespace GGLib.Bench.Load;

/// <summary>
/// Linux's epoll, called directly: one thread serves every connection, and a read costs two system calls and nothing else, so that the client takes as little
/// as can be of the cores that are being measured.
/// </summary>
internal sealed partial class Epoll : IDisposable
{
    private const int Add = 1;
    private const int Delete = 2;
    private const uint Readable = 1;
    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const int Reset = 104;

    private readonly int _descriptor = Create(0);
    private readonly Ready[] _ready = new Ready[256];

    public void Watch(int socket, int tag)
    {
        var watched = Ready.Of(Readable, tag);
        if (Control(_descriptor, Add, socket, ref watched) != 0)
        {
            throw new Win32Exception();
        }
    }

    public void Forget(int socket)
    {
        var none = default(Ready);
        _ = Control(_descriptor, Delete, socket, ref none);
    }

    /// <summary>The tags of sockets that can be read, within the time.</summary>
    public int Wait(Span<int> tags, int milliseconds)
    {
        var count = Wait(_descriptor, _ready, Math.Min(tags.Length, _ready.Length), milliseconds);
        for (var index = 0; index < count; index++)
        {
            tags[index] = _ready[index].Tag;
        }

        return Math.Max(0, count);
    }

    /// <summary>Bytes read; 0 at the end, a broken connection's too; -1 when there is nothing yet.</summary>
    public static unsafe int Read(int socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            var read = (int)Receive(socket, start, (nuint)buffer.Length, 0);
            return read >= 0 ? read : Marshal.GetLastPInvokeError() switch
            {
                WouldBlock or Interrupted => -1,
                Reset => 0,
                var code => throw new Win32Exception(code),
            };
        }
    }

    public void Dispose() => _ = Close(_descriptor);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int epoll, int operation, int socket, ref Ready watched);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int Wait(int epoll, [Out] Ready[] ready, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint Receive(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    /// <summary>struct epoll_event as x86-64 packs it; elsewhere it is four bytes longer, and <c>bench/run</c> refuses to start.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Ready
    {
        private uint _events;
        private int _low;
        private int _high;

        public readonly int Tag => _low;

        public static Ready Of(uint events, int tag) => new() { _events = events, _low = tag, _high = 0 };
    }
}
