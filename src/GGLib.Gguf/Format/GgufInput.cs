using System.Buffers;
using System.Buffers.Binary;

namespace GGLib.Gguf;

/// <summary>
/// A forward reader that knows how many bytes remain and never reads past them. One pooled buffer; a length from the file is
/// compared with what remains before anything is allocated for it.
/// </summary>
internal sealed class GgufInput : IDisposable
{
    /// <summary>
    /// How far a header may reach. The longest real ones have some 20 MB, nearly all of it vocabulary; a damaged count in a file of
    /// many gigabytes would otherwise make the reader walk through all of it.
    /// </summary>
    public const long MaxHeaderBytes = 128 * 1024 * 1024;

    private const int BufferSize = 128 * 1024;

    private readonly Stream _stream;
    private readonly long _origin;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;

    public GgufInput(Stream stream)
    {
        _stream = stream;
        _origin = stream.Position;
        Length = Math.Max(0, stream.Length - _origin);
    }

    /// <summary>Bytes in the whole file.</summary>
    public long Length { get; }

    /// <summary>Bytes consumed so far.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes of the file not yet consumed.</summary>
    public long RemainingInFile => Length - Position;

    /// <summary>Bytes not yet consumed that may still be header.</summary>
    public long Remaining => Math.Min(Length, MaxHeaderBytes) - Position;

    public uint ReadUInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public ulong ReadUInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    /// <summary>The next bytes, valid until the next call. At most a buffer's length.</summary>
    public ReadOnlySpan<byte> Take(int count, string what)
    {
        Fill(count, what);
        var bytes = _buffer.AsSpan(_start, count);
        _start += count;
        Position += count;
        return bytes;
    }

    /// <summary>The next bytes, copied.</summary>
    public byte[] Copy(int count, string what)
    {
        Require(count, what);
        var bytes = new byte[count];
        Copy(bytes, what);
        return bytes;
    }

    public void Skip(long count, string what)
    {
        Require(count, what);
        var buffered = (int)Math.Min(count, _end - _start);
        _start += buffered;
        Position += buffered;
        if (count > buffered)
        {
            Position += count - buffered;
            _stream.Position = _origin + Position;
            _start = _end = 0;
        }
    }

    /// <summary>
    /// Skips texts (a 64-bit length and the bytes) that lie wholly in the buffer, at most so many, and returns how many it
    /// skipped. A token list is half a million of them: this loop is what reading a real header costs.
    /// </summary>
    /// <param name="most">How many at most.</param>
    /// <param name="tokens">Is shown every text, when given.</param>
    public long SkipBufferedTexts(long most, FillInTokens? tokens)
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start.._end);
        var skipped = 0L;
        while (skipped < most && rest.Length >= 8)
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(rest);
            if (length > (ulong)(rest.Length - 8))
            {
                break;
            }

            tokens?.See(rest.Slice(8, (int)length));
            rest = rest[(8 + (int)length)..];
            skipped++;
        }

        var consumed = _end - _start - rest.Length;
        _start += consumed;
        Position += consumed;
        return skipped;
    }

    /// <summary>Goes back to an earlier place.</summary>
    public void Rewind(long position)
    {
        // What lies before _start in the buffer is what lies before Position in the file: a short way back needs no read.
        var back = Position - position;
        Position = position;
        if (back <= _start)
        {
            _start -= (int)back;
            return;
        }

        _stream.Position = _origin + position;
        _start = _end = 0;
    }

    /// <summary>The header claims to go on where no header does.</summary>
    public GgufException TooLong() => new($"The header goes on beyond {MaxHeaderBytes / 1024 / 1024} MiB, which cannot be right", Position);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Copy(Span<byte> to, string what)
    {
        while (!to.IsEmpty)
        {
            Fill(1, what);
            var count = Math.Min(to.Length, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(to);
            _start += count;
            Position += count;
            to = to[count..];
        }
    }

    private void Fill(int count, string what)
    {
        Require(count, what);
        if (_end - _start >= count)
        {
            return;
        }

        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        while (_end < count)
        {
            // Never beyond the length taken at the start: the file may be growing.
            var read = _stream.Read(_buffer, _end, (int)Math.Min(_buffer.Length - _end, Length - Position - _end));
            if (read == 0)
            {
                // The file became shorter while it was read.
                throw CutShort(what);
            }

            _end += read;
        }
    }

    private void Require(long count, string what)
    {
        if (count > Remaining)
        {
            throw count > RemainingInFile ? CutShort(what) : TooLong();
        }
    }

    private GgufException CutShort(string what) => new($"The file ends in the middle of {what}", Position);
}
