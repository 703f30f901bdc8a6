using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FakeLlama.Wire;

/// <summary>
/// llama-server sends an answer's head and then each token with a <c>send(2)</c> of its own. Kestrel gathers what is flushed while a send is under way, which makes an engine that has
/// nothing to compute several times cheaper than any real one: every flush goes straight to the socket here.
/// </summary>
internal static class EachFlushASend
{
    public static void UseSendPerFlush(this ListenOptions listen) => listen.Use(next => async connection =>
    {
        var socket = connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        connection.Transport = new Pair(connection.Transport.Input, PipeWriter.Create(stream));
        await next(connection);
    });

    private sealed record Pair(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
