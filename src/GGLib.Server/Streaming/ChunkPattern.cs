using System.Buffers;

namespace GGLib.Server.Streaming;

/// <summary>
/// Reads the events of one stream. The tokens of an answer differ in their text only, so what stood around the last one's text is remembered, and an event that
/// has the same around a well-formed text is that token with another text: nothing need be parsed. Every other event is read by <see cref="ChunkReader"/>, and
/// so is the first. For one stream; not thread-safe.
/// </summary>
internal sealed class ChunkPattern(IStreamEventSink sink) : IStreamEventSink
{
    // Where a stream's events never repeat, as with /completion, which counts in each of them, learning is given up.
    private const int MostLessons = 8;

    // What ends a plain stretch of a JSON string: its end, an escape, or what must not stand there.
    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static code => (byte)code), (byte)'"', (byte)'\\']);

    private static readonly SearchValues<byte> SimpleEscapes = SearchValues.Create("\"\\/bfnrt"u8);

    private readonly ArrayBufferWriter<byte> _around = new();
    private StreamEventKind _kind;
    private StreamEventKind _seenKind;
    private int _seenChoice;
    private int _before;
    private int _choice;
    private int _lessons;
    private int _pieces;
    private int _textStart;
    private int _textLength;
    private nint _dataStart;
    private int _dataLength;

    /// <summary>Hands the event's pieces to the sink. Returns what the event was.</summary>
    public unsafe ChunkKind Read(ReadOnlySpan<byte> data)
    {
        var around = _around.WrittenSpan;
        if (!around.IsEmpty && data.Length >= around.Length && data.StartsWith(around[.._before]) && data.EndsWith(around[_before..]))
        {
            var text = data[_before..^(around.Length - _before)];
            if (IsWellFormed(text))
            {
                if (!text.IsEmpty)
                {
                    sink.Accept((_kind is StreamEventKind.Content ? StreamEvent.Content(text) : StreamEvent.Reasoning(text)) with { Choice = _choice });
                }

                return ChunkKind.Piece;
            }
        }

        if (_lessons >= MostLessons)
        {
            return ChunkReader.Read(data, sink);
        }

        fixed (byte* start = data)
        {
            _dataStart = (nint)start;
            _dataLength = data.Length;
            _pieces = 0;
            var kind = ChunkReader.Read(data, this);
            if (kind is ChunkKind.Piece && _pieces == 1 && _textLength > 0)
            {
                _lessons++;
                _kind = _seenKind;
                _choice = _seenChoice;
                _before = _textStart;
                _around.ResetWrittenCount();
                _around.Write(data[.._textStart]);
                _around.Write(data[(_textStart + _textLength)..]);
            }

            return kind;
        }
    }

    /// <summary>Between the reader and the sink: notes where in the event a text stands that is its only piece.</summary>
    unsafe void IStreamEventSink.Accept(scoped in StreamEvent piece)
    {
        _pieces++;
        _textLength = 0;
        if (piece.Kind is StreamEventKind.Content or StreamEventKind.Reasoning)
        {
            fixed (byte* text = piece.Text)
            {
                // A text that had to be repaired stands elsewhere.
                var start = (nint)text - _dataStart;
                if (start > 0 && start + piece.Text.Length < _dataLength)
                {
                    _seenKind = piece.Kind;
                    _seenChoice = piece.Choice;
                    _textStart = (int)start;
                    _textLength = piece.Text.Length;
                }
            }
        }

        sink.Accept(piece);
    }

    /// <summary>Whether it can stand between a JSON string's quotes, for certain; rare escapes are left to the reader.</summary>
    private static bool IsWellFormed(ReadOnlySpan<byte> text)
    {
        var rest = text;
        for (int at; (at = rest.IndexOfAny(Special)) >= 0; rest = rest[(at + 2)..])
        {
            if (rest[at] != '\\' || at + 1 >= rest.Length || !SimpleEscapes.Contains(rest[at + 1]))
            {
                return false;
            }
        }

        return System.Text.Unicode.Utf8.IsValid(text);
    }
}
