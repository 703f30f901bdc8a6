using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace GGLib.Bench.Load;

/// <summary>
/// Reads one streamed HTTP answer after another from a connection's bytes, minimally: the head once, then chunk sizes, line ends and, when they are there, stamps.
/// Throws when an answer is cut, is of another length than expected, or does not end as its dialect says.
/// </summary>
internal sealed class AnswerReader(string name, Dialect dialect)
{
    // The last line of /api/generate has all tokens of prompt and answer in it.
    private const int TailKept = 4096;
    private const int DigitsOfStamp = 19;

    private readonly byte[] _pending = new byte[16 * 1024];
    private readonly byte[] _tail = new byte[8 * TailKept];
    private readonly byte[] _stamp = new byte[DigitsOfStamp];
    private int _pendingLength;
    private int _tailLength;
    private int _stampLength = -1;
    private State _state;
    private int _left;

    private enum State
    {
        Head,
        Size,
        Data,
        DataEnd,
        End,
    }

    /// <summary>Line ends of this answer so far.</summary>
    public int LineEnds { get; private set; }

    /// <summary>Whether the server closes the connection after this answer.</summary>
    public bool Closes { get; private set; }

    /// <summary>Called with each stamp found, when set.</summary>
    public Action<long>? Stamped { get; set; }

    /// <summary>Called with the answer's bytes, when set.</summary>
    public Action<ReadOnlySpan<byte>>? Seen { get; set; }

    /// <summary>Begins the next answer.</summary>
    public void Reset()
    {
        _state = State.Head;
        _pendingLength = 0;
        _tailLength = 0;
        _stampLength = -1;
        LineEnds = 0;
        Closes = false;
    }

    /// <summary>Takes bytes. True when they end the answer.</summary>
    public bool Take(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            switch (_state)
            {
                case State.Head:
                    if (!TakeLine(ref bytes, "\r\n\r\n"u8))
                    {
                        return false;
                    }

                    ReadHead();
                    _state = State.Size;
                    break;
                case State.Size:
                    if (!TakeLine(ref bytes, "\r\n"u8))
                    {
                        return false;
                    }

                    if (!Utf8Parser.TryParse(_pending.AsSpan(0, _pendingLength - 2), out _left, out _, 'x'))
                    {
                        throw Bad("a chunk without a size");
                    }

                    _pendingLength = 0;
                    _state = _left == 0 ? State.End : State.Data;
                    break;
                case State.Data:
                    var part = bytes[..Math.Min(_left, bytes.Length)];
                    TakeBody(part);
                    bytes = bytes[part.Length..];
                    _left -= part.Length;
                    if (_left > 0)
                    {
                        return false;
                    }

                    _state = State.DataEnd;
                    break;
                default:
                    if (!TakeLine(ref bytes, "\r\n"u8))
                    {
                        return false;
                    }

                    if (_pendingLength != 2)
                    {
                        throw Bad("a chunk longer than its size");
                    }

                    _pendingLength = 0;
                    if (_state is State.End)
                    {
                        return bytes.IsEmpty ? true : throw Bad("bytes after the end");
                    }

                    _state = State.Size;
                    break;
            }
        }
    }

    /// <summary>Checks a whole answer.</summary>
    public void CheckEnd(int expectedLineEnds)
    {
        var tail = _tail.AsSpan(0, _tailLength);
        if (LineEnds != expectedLineEnds)
        {
            throw Bad(string.Create(CultureInfo.InvariantCulture, $"{LineEnds} line ends instead of {expectedLineEnds}; it ends: {Encoding.UTF8.GetString(tail[Math.Max(0, tail.Length - 300)..])}"));
        }

        var last = tail[(tail[..^1].LastIndexOf((byte)'\n') + 1)..];
        var isWhole = dialect switch
        {
            Dialect.Events => tail.EndsWith("data: [DONE]\n\n"u8),
            Dialect.Lines => last.IndexOf("\"done\":true"u8) >= 0,
            // The completed response repeats the whole text, so its type is before the tail. The count of line ends above says that it was there.
            Dialect.Responses => tail.EndsWith("}\n\n"u8),
            _ => tail.IndexOf("event: message_stop\n"u8) >= 0,
        };
        if (!isWhole)
        {
            throw Bad("no end; it ends: " + Encoding.UTF8.GetString(tail[Math.Max(0, tail.Length - 300)..]));
        }
    }

    public BadAnswerException Bad(string what) => new($"{name}: {what}");

    private void ReadHead()
    {
        var head = Encoding.ASCII.GetString(_pending, 0, _pendingLength);
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) || !head.Contains("\r\nTransfer-Encoding: chunked\r\n", StringComparison.OrdinalIgnoreCase))
        {
            throw Bad("not a streamed answer: " + head);
        }

        Closes = head.Contains("\r\nConnection: close\r\n", StringComparison.OrdinalIgnoreCase);
        _pendingLength = 0;
    }

    // Up to and with an end that may itself be cut.
    private bool TakeLine(scoped ref ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> end)
    {
        while (!bytes.IsEmpty)
        {
            if (_pendingLength == _pending.Length)
            {
                throw Bad("a head without an end");
            }

            _pending[_pendingLength++] = bytes[0];
            bytes = bytes[1..];
            if (_pendingLength >= end.Length && _pending.AsSpan(_pendingLength - end.Length, end.Length).SequenceEqual(end))
            {
                return true;
            }
        }

        return false;
    }

    private void TakeBody(ReadOnlySpan<byte> part)
    {
        LineEnds += part.Count((byte)'\n');
        Seen?.Invoke(part);
        if (Stamped is not null)
        {
            FindStamps(part);
        }

        var kept = part.Length > TailKept ? part[^TailKept..] : part;
        if (_tailLength + kept.Length > _tail.Length)
        {
            _tail.AsSpan(_tailLength - TailKept, TailKept).CopyTo(_tail);
            _tailLength = TailKept;
        }

        kept.CopyTo(_tail.AsSpan(_tailLength));
        _tailLength += kept.Length;
    }

    private void FindStamps(ReadOnlySpan<byte> part)
    {
        while (!part.IsEmpty)
        {
            if (_stampLength < 0)
            {
                var at = part.IndexOf((byte)'@');
                if (at < 0)
                {
                    return;
                }

                part = part[(at + 1)..];
                _stampLength = 0;
            }

            var digits = Math.Min(DigitsOfStamp - _stampLength, part.Length);
            part[..digits].CopyTo(_stamp.AsSpan(_stampLength));
            part = part[digits..];
            _stampLength += digits;
            if (_stampLength == DigitsOfStamp)
            {
                _stampLength = -1;
                Stamped!(Utf8Parser.TryParse(_stamp, out long stamp, out var length) && length == DigitsOfStamp ? stamp : throw Bad("a broken stamp"));
            }
        }
    }
}
