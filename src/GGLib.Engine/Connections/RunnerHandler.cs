using System.Net;
using System.Net.Sockets;
using GGLib.Engine.Processes;

namespace GGLib.Engine.Connections;

/// <summary>
/// HTTP/1.1 to a child, one connection a request (docs/adr/0015). It connects and sends on the caller's thread, which over a Unix socket never waits for longer than the child
/// needs to accept, and reads into the buffer of whoever reads. Thread-safe.
/// </summary>
/// <param name="endPoint">Where the child listens.</param>
/// <param name="traffic">Notes what comes from the child; null: nobody does.</param>
internal sealed class RunnerHandler(EndPoint endPoint, Traffic? traffic) : HttpMessageHandler
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(2);

    /// <exception cref="HttpRequestException">The child cannot be reached (<see cref="HttpRequestError.ConnectionError"/>), or broke off, or answers what is not HTTP.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var socket = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        ResponseHead? head = null;
        try
        {
            await new RequestWriter(socket).SendAsync(request, cancellationToken).ConfigureAwait(false);
            head = new ResponseHead();
            while (!head.TryParse())
            {
                var read = await socket.ReceiveAsync(head.Free(), SocketFlags.None, cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new HttpRequestException(HttpRequestError.ResponseEnded, "the engine closed the connection before it answered");
                }

                traffic?.Add();
                head.Filled(read);
            }

            return head.ToResponse(request, socket, traffic);
        }
        catch (Exception exception)
        {
            head?.Dispose();
            socket.Dispose();
            if (exception is SocketException or HttpIOException)
            {
                throw new HttpRequestException(exception is HttpIOException io ? io.HttpRequestError : HttpRequestError.Unknown, exception.Message, exception);
            }

            throw;
        }
    }

    private async ValueTask<Socket> ConnectAsync(CancellationToken cancellation)
    {
        var began = Environment.TickCount64;
        while (true)
        {
            var socket = endPoint is IPEndPoint
                ? new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
                : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(endPoint, cancellation).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException exception)
            {
                socket.Dispose();

                // More connect at this moment than the child has accepted: a Unix socket says so instead of waiting.
                var busy = exception.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain or SocketError.NoBufferSpaceAvailable;
                if (!busy || Environment.TickCount64 - began > ConnectPatience.TotalMilliseconds)
                {
                    throw new HttpRequestException(HttpRequestError.ConnectionError, exception.Message, exception);
                }
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            await Task.Delay(BusyPause, cancellation).ConfigureAwait(false);
        }
    }
}
