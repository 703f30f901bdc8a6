using System.Net;

namespace GGLib.Catalog.Registries.Uploads;

/// <summary>A request's body: a stretch of a stream, told of as it is sent. Gives up when the server takes nothing for the time of the watch.</summary>
internal sealed class StretchContent(Stream from, long length, Action<long> onBytes, CancellationTokenSource watch, TimeSpan stall) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        long sent = 0;
        while (sent < length)
        {
            var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - sent)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException("The file is shorter than it was.");
            }

            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            sent += read;
            watch.CancelAfter(stall);
            onBytes(sent);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }
}
