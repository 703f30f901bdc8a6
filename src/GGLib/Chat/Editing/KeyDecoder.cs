using System.Text;

namespace GGLib.Chat.Editing;

/// <summary>
/// Turns a terminal's bytes into keys. Bytes may be cut anywhere. A lone Escape waits for what follows it and is then Alt, as in
/// readline: no clock is needed to tell the two apart.
/// </summary>
/// <remarks>
/// .NET's <see cref="Console.ReadKey()"/> would not do: it has no bracketed paste, drops Alt, and stops at characters outside
/// the basic plane, such as emoji.
/// </remarks>
internal sealed class KeyDecoder
{
    private const char Escape = '\e';
    private const string PasteBegin = "200~";
    private const string PasteEnd = "\e[201~";

    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _waiting = new();
    private StringBuilder? _paste;

    /// <summary>The keys that are complete with these bytes.</summary>
    public IReadOnlyList<Key> Decode(ReadOnlySpan<byte> bytes)
    {
        var chars = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        var count = _utf8.GetChars(bytes, chars, flush: false);
        var keys = new List<Key>();
        foreach (var character in chars.AsSpan(0, count))
        {
            if (_paste is not null)
            {
                Paste(character, keys);
            }
            else if (_waiting.Length > 0)
            {
                Sequence(character, keys);
            }
            else if (character is Escape || char.IsHighSurrogate(character))
            {
                _waiting.Append(character);
            }
            else if (Single(character) is { } key)
            {
                // Typed and unbracketed text in one go is one insertion: fewer repaints.
                if (key.Kind is KeyKind.Text && keys is [.., { Kind: KeyKind.Text } last])
                {
                    keys[^1] = last with { Text = last.Text + key.Text };
                }
                else
                {
                    keys.Add(key);
                }
            }
        }

        return keys;
    }

    private void Paste(char character, List<Key> keys)
    {
        _paste!.Append(character);
        if (character is '~' && _paste.Length >= PasteEnd.Length && _paste.ToString(_paste.Length - PasteEnd.Length, PasteEnd.Length) == PasteEnd)
        {
            _paste.Length -= PasteEnd.Length;
            keys.Add(new Key(KeyKind.Paste, _paste.ToString()));
            _paste = null;
        }
    }

    private void Sequence(char character, List<Key> keys)
    {
        _waiting.Append(character);
        var text = _waiting.ToString();
        if (text[0] is not Escape)
        {
            keys.Add(new Key(KeyKind.Text, text));
            _waiting.Clear();
            return;
        }

        // ESC [ numbers letter, or ESC O letter; all else is Alt and a key.
        if (text.Length == 2 && character is '[' or 'O')
        {
            return;
        }

        if (text.Length == 2 && character is Escape)
        {
            _waiting.Length = 1;
            return;
        }

        if (text.Length > 2 && text[1] is '[' && character is >= ' ' and < '@' && text.Length < 32)
        {
            return;
        }

        _waiting.Clear();
        if (text.Length > 2 && text[2..] is PasteBegin)
        {
            _paste = new StringBuilder();
        }
        else if ((text.Length == 2 ? Alt(character) : Control(text[2..])) is { } kind)
        {
            keys.Add(new Key(kind));
        }
    }

    private static KeyKind? Alt(char character) => character switch
    {
        'b' or 'B' => KeyKind.WordLeft,
        'f' or 'F' => KeyKind.WordRight,
        '\r' or '\n' => KeyKind.NewLine,
        '\x7f' or '\b' => KeyKind.KillWord,
        _ => null,
    };

    private static KeyKind? Control(string sequence) => sequence switch
    {
        "A" => KeyKind.Up,
        "B" => KeyKind.Down,
        "C" => KeyKind.Right,
        "D" => KeyKind.Left,
        "H" or "1~" or "7~" => KeyKind.Home,
        "F" or "4~" or "8~" => KeyKind.End,
        "3~" => KeyKind.Delete,
        "1;5C" or "1;3C" => KeyKind.WordRight,
        "1;5D" or "1;3D" => KeyKind.WordLeft,
        _ => null,
    };

    private static Key? Single(char character) => character switch
    {
        '\r' => new(KeyKind.Enter),
        '\n' => new(KeyKind.NewLine),
        '\x01' => new(KeyKind.Home),
        '\x02' => new(KeyKind.Left),
        '\x03' => new(KeyKind.Interrupt),
        '\x04' => new(KeyKind.EndOfInput),
        '\x05' => new(KeyKind.End),
        '\x06' => new(KeyKind.Right),
        '\b' or '\x7f' => new(KeyKind.Backspace),
        '\x0b' => new(KeyKind.KillToEnd),
        '\x0c' => new(KeyKind.ClearScreen),
        '\x0e' => new(KeyKind.Down),
        '\x10' => new(KeyKind.Up),
        '\x15' => new(KeyKind.KillToStart),
        '\x17' => new(KeyKind.KillWord),
        '\t' => new(KeyKind.Text, "\t"),
        _ when char.IsControl(character) => null,
        _ => new(KeyKind.Text, character.ToString()),
    };
}
