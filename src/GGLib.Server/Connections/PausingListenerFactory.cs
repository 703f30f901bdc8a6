using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GGLib.Server.Connections;

/// <summary>
/// Kestrel's socket transport with another accept loop: after an accept that failed for lack of resources it waits. Kestrel's own loop takes that failure for a reset connection and tries again at once,
/// on the thread that would close the connections that hold the resources: the server never recovers.
/// </summary>
internal sealed class PausingListenerFactory(IOptions<SocketTransportOptions> options, IMemoryPoolFactory<byte> pools, ILoggerFactory logs, TimeProvider time) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <inheritdoc />
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    /// <inheritdoc />
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = options.Value.CreateBoundListenSocket(endpoint);
        socket.Listen(options.Value.Backlog);
        var connections = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions
            {
                IOQueueCount = options.Value.IOQueueCount,
                UnsafePreferInlineScheduling = options.Value.UnsafePreferInlineScheduling,
                WaitForDataBeforeAllocatingBuffer = options.Value.WaitForDataBeforeAllocatingBuffer,
            },
            logs.CreateLogger<SocketConnectionContextFactory>());
        return ValueTask.FromResult<IConnectionListener>(new Listener(socket, connections, pools.Create(), options.Value.NoDelay, logs.CreateLogger<PausingListenerFactory>(), time));
    }

    private sealed class Listener(Socket socket, SocketConnectionContextFactory connections, MemoryPool<byte> pool, bool noDelay, ILogger log, TimeProvider time) : IConnectionListener, IMemoryPoolFeature
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        // The factory's own default is no pool that Kestrel's HTTP layer can write to: it returns buffers without a byte.
        public MemoryPool<byte> MemoryPool => pool;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    return Open(await socket.AcceptAsync(cancellationToken).ConfigureAwait(false));
                }
                catch (Exception exception) when (exception is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null;
                }
                catch (SocketException exception) when (IsLackOfResources(exception.SocketErrorCode))
                {
                    log.LogWarning("No connection can be accepted: {Reason}", exception.Message);
                    await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
                }
                catch (SocketException)
                {
                    // The client reset the connection before it was accepted.
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            socket.Dispose();
            connections.Dispose();
            pool.Dispose();
            return ValueTask.CompletedTask;
        }

        private ConnectionContext Open(Socket accepted)
        {
            try
            {
                accepted.NoDelay = noDelay;
                var connection = connections.Create(accepted);
                connection.Features.Set<IMemoryPoolFeature>(this);
                return connection;
            }
            catch
            {
                accepted.Dispose();
                throw;
            }
        }

        private static bool IsLackOfResources(SocketError error) =>
            error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.SystemNotReady or SocketError.ProcessLimit;
    }
}
