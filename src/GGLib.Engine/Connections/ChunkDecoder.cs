namespace GGLib.Engine.Connections;

/// <summary>Takes the chunks' marks (RFC 9112, section 7.1) out of bytes that come cut anywhere. Not thread-safe.</summary>
internal struct ChunkDecoder
{
    private const long Largest = 1L << 50;

    private long _left;
    private Part _part;
    private bool _hasDigit;

    private enum Part
    {
        Size,
        Extension,
        Data,
        DataEnd,
        Ended,
    }

    /// <summary>Whether the last chunk has come. Trailers are not looked at: the connection is not used again.</summary>
    public readonly bool HasEnded => _part is Part.Ended;

    /// <summary>Moves the data to the front. Returns how much it is, 0 where there were only marks.</summary>
    /// <exception cref="HttpIOException">A mark is malformed.</exception>
    public int Decode(Span<byte> bytes)
    {
        var (from, to) = (0, 0);
        while (from < bytes.Length && _part is not Part.Ended)
        {
            if (_part is Part.Data)
            {
                var count = (int)Math.Min(_left, bytes.Length - from);
                bytes.Slice(from, count).CopyTo(bytes[to..]);
                from += count;
                to += count;
                _left -= count;
                _part = _left == 0 ? Part.DataEnd : Part.Data;
                continue;
            }

            Mark(bytes[from++]);
        }

        return to;
    }

    private void Mark(byte next)
    {
        switch (_part)
        {
            case Part.DataEnd when next is (byte)'\r':
                break;
            case Part.DataEnd when next is (byte)'\n':
                (_part, _hasDigit) = (Part.Size, false);
                break;
            case Part.Size when char.IsAsciiHexDigit((char)next) && _left < Largest:
                _left = (_left << 4) + (next <= '9' ? next - '0' : (next | 0x20) - 'a' + 10);
                _hasDigit = true;
                break;
            case Part.Size or Part.Extension when next is (byte)'\n' && _hasDigit:
                _part = _left == 0 ? Part.Ended : Part.Data;
                break;
            case Part.Size when next is (byte)'\r' or (byte)';' or (byte)' ' or (byte)'\t' && _hasDigit:
            case Part.Extension:
                _part = Part.Extension;
                break;
            default:
                throw new HttpIOException(HttpRequestError.InvalidResponse, "the engine's answer has a malformed chunk");
        }
    }
}
