using System.Text;

namespace GGLib.Engine.Processes;

/// <summary>Reads lines of any length and keeps the beginning of each: a program that writes without a line end must not fill the memory. Lines end with LF, CR or CR LF. Not thread-safe.</summary>
/// <param name="reader">Where the lines come from.</param>
internal sealed class BoundedLines(TextReader reader)
{
    /// <summary>The characters that are kept of a line.</summary>
    public const int Longest = 16 * 1024;

    private readonly char[] _buffer = new char[4096];
    private readonly StringBuilder _line = new();
    private int _start;
    private int _end;
    private bool _skipsLineFeed;

    /// <summary>The next line without its end, at most <see cref="Longest"/> characters; null when there is none.</summary>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellation = default)
    {
        _line.Clear();
        var hasText = false;
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await reader.ReadAsync(_buffer, cancellation).ConfigureAwait(false));
                if (_end == 0)
                {
                    return hasText ? _line.ToString() : null;
                }
            }

            if (_skipsLineFeed)
            {
                _skipsLineFeed = false;
                if (_buffer[_start] == '\n')
                {
                    _start++;
                    continue;
                }
            }

            hasText = true;
            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest.IndexOfAny('\n', '\r') is >= 0 and var at ? at : rest.Length;
            _line.Append(rest[..Math.Min(length, Longest - _line.Length)]);
            _start += length;
            if (length < rest.Length)
            {
                _skipsLineFeed = _buffer[_start++] == '\r';
                return _line.ToString();
            }
        }
    }
}
