using System.Net.Sockets;
using System.Text;

namespace GGLib.Tests.Engine.Connections;

/// <summary>A child's socket that answers every connection with given bytes, in given pieces, and then closes it; and keeps what it was asked.</summary>
internal sealed class ScriptedChild : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gglib-child-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly TaskCompletionSource<string> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    public ScriptedChild(string answer, int pieceLength = int.MaxValue, bool staysOpen = false)
    {
        EndPoint = new UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, "x.sock"));
        _listener.Bind(EndPoint);
        _listener.Listen(16);
        _serving = ServeAsync(Encoding.Latin1.GetBytes(answer), pieceLength, staysOpen);
    }

    public UnixDomainSocketEndPoint EndPoint { get; }

    /// <summary>The first request, to the last byte of its body.</summary>
    public Task<string> Asked => _asked.Task;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _folder.Delete(recursive: true);
    }

    private async Task ServeAsync(byte[] answer, int pieceLength, bool staysOpen)
    {
        while (true)
        {
            using var socket = await _listener.AcceptAsync();
            _asked.TrySetResult(await ReadRequestAsync(socket));
            for (var at = 0; at < answer.Length;)
            {
                // Sent before the next is: the reader may find them together all the same, which is a cut as good as any.
                at += await socket.SendAsync(answer.AsMemory(at, Math.Min(pieceLength, answer.Length - at)));
                await Task.Yield();
            }

            if (staysOpen)
            {
                // Until the other side leaves.
                await socket.ReceiveAsync(new byte[1]);
            }
        }
    }

    private static async Task<string> ReadRequestAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var whole = text.ToString();
            var end = whole.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                var length = whole[..end].Split("\r\n").FirstOrDefault(static line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
                if (whole.Length >= end + 4 + int.Parse(length?["Content-Length: ".Length..] ?? "0", System.Globalization.CultureInfo.InvariantCulture))
                {
                    return whole;
                }
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, await socket.ReceiveAsync(buffer)));
        }
    }
}
