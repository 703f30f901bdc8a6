using System.Text;
using System.Threading.Channels;

namespace GGLib.Tests.Engine.Processes;

/// <summary>An upstream body that the test feeds piece by piece: a read gives one piece, and waits when there is none.</summary>
internal sealed class ScriptedStream : Stream
{
    private readonly Channel<(byte[] Bytes, Exception? Failure)> _pieces = Channel.CreateUnbounded<(byte[], Exception?)>();
    private readonly TaskCompletionSource _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _rest;

    /// <summary>Completes when a waiting read was cancelled.</summary>
    public Task GivenUp => _givenUp.Task;

    /// <summary>Reads that found nothing and had to wait.</summary>
    public int Waits { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static ScriptedStream Of(params string[] pieces) => Of(pieces.Select(Encoding.UTF8.GetBytes));

    public static ScriptedStream Of(IEnumerable<byte[]> pieces)
    {
        var stream = new ScriptedStream();
        foreach (var piece in pieces.Where(piece => piece.Length > 0))
        {
            stream._pieces.Writer.TryWrite((piece, null));
        }

        stream.End();
        return stream;
    }

    public void Send(string piece) => _pieces.Writer.TryWrite((Encoding.UTF8.GetBytes(piece), null));

    /// <summary>Sends one event.</summary>
    public void Event(string json) => Send($"data: {json}\n\n");

    public void End() => _pieces.Writer.TryComplete();

    /// <summary>The connection breaks.</summary>
    public void Break() => _pieces.Writer.TryWrite(([], new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.")));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty)
        {
            if (!_pieces.Reader.TryPeek(out _))
            {
                Waits++;
            }

            try
            {
                if (!await _pieces.Reader.WaitToReadAsync(cancellationToken) || !_pieces.Reader.TryRead(out var piece))
                {
                    return 0;
                }

                if (piece.Failure is { } failure)
                {
                    throw failure;
                }

                _rest = piece.Bytes;
            }
            catch (OperationCanceledException)
            {
                _givenUp.TrySetResult();
                throw;
            }
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
