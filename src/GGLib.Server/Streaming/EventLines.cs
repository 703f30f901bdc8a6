using System.Buffers;

namespace GGLib.Server.Streaming;

/// <summary>
/// Splits a server-sent event stream into events, inside the buffer it was read into. The form that llama-server sends, one <c>data: </c> line and an empty line, is found by a
/// single search. Everything else that the standard allows (other line ends, comments, other fields, several data lines) is read line by line.
/// For one stream; not thread-safe. Disposing it returns the buffer to the pool.
/// </summary>
internal sealed class EventLines(int longestEvent) : IDisposable
{
    private const int FirstSize = 16 * 1024;

    // The least free space that makes a read worthwhile.
    private const int LeastFree = 4 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _start;
    private int _end;

    // There is no line end before this position.
    private int _searched;
    private bool _afterReturn;
    private bool _begun;

    // The data of an event with several data lines.
    private ArrayBufferWriter<byte>? _joined;
    private bool _hasData;

    /// <summary>Returns the memory for the next read. Invalidates all spans returned before.</summary>
    /// <exception cref="InvalidDataException">An event is longer than the limit.</exception>
    public Memory<byte> Free()
    {
        if (_start > 0 && (_start == _end || _buffer.Length - _end < LeastFree))
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _searched = Math.Max(0, _searched - _start);
            _start = 0;
        }

        if (_end - _start + (_joined?.WrittenCount ?? 0) > longestEvent)
        {
            throw new InvalidDataException($"an event of the engine's stream exceeds {longestEvent} bytes");
        }

        if (_buffer.Length - _end < LeastFree)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>Reports the number of bytes that were read into it.</summary>
    public void Filled(int count) => _end += count;

    /// <summary>Returns the data of the next whole event, valid until the next call on this object; false if more bytes must be read first.</summary>
    public bool TryNext(out ReadOnlySpan<byte> data)
    {
        if (!_begun && !SkipMark())
        {
            data = default;
            return false;
        }

        while (true)
        {
            if (_afterReturn && _start < _end)
            {
                _start += _buffer[_start] == '\n' ? 1 : 0;
                _afterReturn = false;
            }

            var from = Math.Max(_start, _searched);
            var found = _buffer.AsSpan(from, _end - from).IndexOfAny((byte)'\n', (byte)'\r');
            if (found < 0)
            {
                _searched = _end;
                data = default;
                return false;
            }

            var line = _buffer.AsSpan(_start, from + found - _start);
            var lineEnd = from + found;
            if (!_hasData && _buffer[lineEnd] == '\n' && lineEnd + 1 < _end && _buffer[lineEnd + 1] == '\n' && line.StartsWith("data: "u8))
            {
                _start = lineEnd + 2;
                data = line["data: ".Length..];
                return true;
            }

            _afterReturn = _buffer[lineEnd] == '\r';
            _start = lineEnd + 1;
            if (line.IsEmpty)
            {
                if (_hasData)
                {
                    _hasData = false;
                    data = _joined!.WrittenSpan;
                    return true;
                }
            }
            else
            {
                TakeField(line);
            }
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void TakeField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        if (!name.SequenceEqual("data"u8))
        {
            return;
        }

        var value = colon < 0 ? default : line[(colon + 1)..];
        value = value.StartsWith(" "u8) ? value[1..] : value;
        _joined ??= new ArrayBufferWriter<byte>();
        if (_hasData)
        {
            _joined.Write("\n"u8);
        }
        else
        {
            _joined.ResetWrittenCount();
        }

        _joined.Write(value);
        _hasData = true;
    }

    // A byte order mark at the start is not part of the first line.
    private bool SkipMark()
    {
        var mark = "\uFEFF"u8;
        var there = _buffer.AsSpan(_start, Math.Min(mark.Length, _end - _start));
        if (there.Length < mark.Length && mark.StartsWith(there))
        {
            return false;
        }

        _start += there.SequenceEqual(mark) ? mark.Length : 0;
        _begun = true;
        return true;
    }
}
