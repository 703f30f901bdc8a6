using System.Buffers;
using System.IO.Pipelines;

namespace GGLib.Server.Streaming;

/// <summary>
/// Copies the engine's bytes to the client as they come, one flush for each read. Of an event stream only whole events are passed on, so that a stream that
/// breaks off can be ended with an event of our own. For one answer; not thread-safe.
/// </summary>
internal sealed class ByteRelay(PipeWriter output, AliasReplacer replacer, bool isEventStream)
{
    private const int ReadSize = 16 * 1024;

    private readonly UsageWatch _usage = new();

    // The beginning of an event whose end has not come yet.
    private readonly ArrayBufferWriter<byte> _partial = new();

    /// <summary>The counts that the engine told in what was passed on; for the request's line only, so what cannot be seen at a glance is not looked for.</summary>
    public TokenUsage Usage => _usage.Seen;

    /// <summary>Copies to the end.</summary>
    /// <returns>Whether the engine's answer came whole; false when it broke off or was ended.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async Task<bool> CopyAsync(Stream upstream, CancellationToken ending, CancellationToken clientLeft)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            int read;
            while ((read = await upstream.ReadAsync(buffer, ending).ConfigureAwait(false)) > 0)
            {
                if (Pass(buffer.AsSpan(0, read)))
                {
                    await output.FlushAsync(clientLeft).ConfigureAwait(false);
                }
            }

            replacer.Write(_partial.WrittenSpan, output);
            replacer.Complete(output);
            await output.FlushAsync(clientLeft).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!clientLeft.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            clientLeft.ThrowIfCancellationRequested();
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Ends a stream that broke off with an event of its own.</summary>
    public async Task EndWithEventAsync(ReadOnlyMemory<byte> json, CancellationToken cancellation)
    {
        output.Write("data: "u8);
        output.Write(json.Span);
        output.Write("\n\n"u8);
        await output.FlushAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether anything was passed on.</summary>
    private bool Pass(ReadOnlySpan<byte> bytes)
    {
        if (!isEventStream)
        {
            _usage.Look(bytes);
            replacer.Write(bytes, output);
            return true;
        }

        if (_partial.WrittenCount == 0)
        {
            // The usual case: llama-server writes an event at once, and a read ends with one.
            var end = EndOfEvents(bytes);
            _usage.Look(bytes[..end]);
            replacer.Write(bytes[..end], output);
            _partial.Write(bytes[end..]);
            return end > 0;
        }

        // The mark of an event's end may itself be cut.
        var overlap = _partial.WrittenCount;
        _partial.Write(bytes);
        var joined = _partial.WrittenSpan;
        var searched = joined[Math.Max(0, overlap - 1)..];
        var endOfJoined = EndOfEvents(searched);
        if (endOfJoined == 0)
        {
            return false;
        }

        endOfJoined += joined.Length - searched.Length;
        _usage.Look(joined[..endOfJoined]);
        replacer.Write(joined[..endOfJoined], output);
        var rest = joined[endOfJoined..].ToArray();
        _partial.ResetWrittenCount();
        _partial.Write(rest);
        return true;
    }

    private static int EndOfEvents(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.LastIndexOf("\n\n"u8);
        return at < 0 ? 0 : at + 2;
    }
}
