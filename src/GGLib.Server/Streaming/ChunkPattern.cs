using System.Buffers;

namespace GGLib.Server.Streaming;

/// <summary>
/// Reads the events of one stream. Consecutive events usually differ in their text only, so the bytes before and after the last text are remembered. An event with the same bytes around a
/// well-formed text is passed on without parsing. Every other event, and the first, is read by <see cref="ChunkReader"/>. For one stream; not thread-safe.
/// </summary>
internal sealed class ChunkPattern(IStreamEventSink sink) : IStreamEventSink
{
    // Learning stops if the events never repeat, as with /completion, whose events contain counters.
    private const int MostLessons = 8;

    // Characters that end a plain run inside a JSON string: the closing quote, an escape, or an invalid character.
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

    /// <summary>Passes the event's pieces to the sink and returns the kind of the event.</summary>
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

    /// <summary>Forwards an event from the reader to the sink, and records the position of its text.</summary>
    unsafe void IStreamEventSink.Accept(scoped in StreamEvent piece)
    {
        _pieces++;
        _textLength = 0;
        if (piece.Kind is StreamEventKind.Content or StreamEventKind.Reasoning)
        {
            fixed (byte* text = piece.Text)
            {
                // A repaired text is in another buffer.
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

    /// <summary>Whether the text is certainly valid inside a JSON string. Rare escapes return false and are left to the reader.</summary>
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
