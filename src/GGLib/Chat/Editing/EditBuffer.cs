using System.Globalization;
using System.Text;

namespace GGLib.Chat.Editing;

/// <summary>The text being edited and the caret, which is never inside what a reader sees as one character.</summary>
internal sealed class EditBuffer
{
    public string Text { get; private set; } = "";

    /// <summary>An index into <see cref="Text"/>.</summary>
    public int Caret { get; private set; }

    /// <summary>Replaces all; the caret goes to the end.</summary>
    public void Set(string text) => (Text, Caret) = (text, text.Length);

    /// <summary>Inserts at the caret. Line ends become <c>\n</c>, tabs stay, other control characters go.</summary>
    public void Insert(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var character in text.ReplaceLineEndings("\n"))
        {
            if (!char.IsControl(character) || character is '\n' or '\t')
            {
                clean.Append(character);
            }
        }

        Text = Text.Insert(Caret, clean.ToString());
        Caret += clean.Length;
    }

    /// <summary>Changes the text or moves the caret; a key that means nothing to it changes nothing.</summary>
    public void Apply(KeyKind key)
    {
        switch (key)
        {
            case KeyKind.NewLine:
                Insert("\n");
                break;
            case KeyKind.Backspace:
                Remove(Before(Caret), Caret);
                break;
            case KeyKind.Delete or KeyKind.EndOfInput:
                Remove(Caret, After(Caret));
                break;
            case KeyKind.Left:
                Caret = Before(Caret);
                break;
            case KeyKind.Right:
                Caret = After(Caret);
                break;
            case KeyKind.WordLeft:
                Caret = WordStart();
                break;
            case KeyKind.WordRight:
                Caret = WordEnd();
                break;
            case KeyKind.Home:
                Caret = LineStart(Caret);
                break;
            case KeyKind.End:
                Caret = LineEnd(Caret);
                break;
            case KeyKind.KillToStart:
                Remove(LineStart(Caret), Caret);
                break;
            case KeyKind.KillToEnd:
                Remove(Caret, LineEnd(Caret));
                break;
            case KeyKind.KillWord:
                Remove(WordStart(), Caret);
                break;
        }
    }

    /// <summary>Moves the caret a line up, keeping its column where it can.</summary>
    /// <returns>False on the first line.</returns>
    public bool LineUp()
    {
        var start = LineStart(Caret);
        if (start == 0)
        {
            return false;
        }

        var above = LineStart(start - 1);
        Caret = Whole(Math.Min(above + Caret - start, start - 1));
        return true;
    }

    /// <summary>Moves the caret a line down.</summary>
    /// <returns>False on the last line.</returns>
    public bool LineDown()
    {
        var end = LineEnd(Caret);
        if (end == Text.Length)
        {
            return false;
        }

        Caret = Whole(Math.Min(end + 1 + Caret - LineStart(Caret), LineEnd(end + 1)));
        return true;
    }

    private void Remove(int from, int to)
    {
        Text = Text.Remove(from, to - from);
        Caret = from;
    }

    private int After(int index) => index == Text.Length ? index : index + StringInfo.GetNextTextElementLength(Text, index);

    private int Before(int index)
    {
        // What is one character can only be told from the left.
        var before = 0;
        for (var at = 0; at < index; at = After(at))
        {
            before = at;
        }

        return before;
    }

    private int Whole(int index) => index == Text.Length ? index : Before(index + 1);

    private int LineStart(int index) => index == 0 ? 0 : Text.LastIndexOf('\n', index - 1) + 1;

    private int LineEnd(int index) => Text.IndexOf('\n', index) is >= 0 and var end ? end : Text.Length;

    private int WordStart()
    {
        var at = Caret;
        while (at > 0 && char.IsWhiteSpace(Text[at - 1]))
        {
            at--;
        }

        while (at > 0 && !char.IsWhiteSpace(Text[at - 1]))
        {
            at--;
        }

        return at;
    }

    private int WordEnd()
    {
        var at = Caret;
        while (at < Text.Length && char.IsWhiteSpace(Text[at]))
        {
            at++;
        }

        while (at < Text.Length && !char.IsWhiteSpace(Text[at]))
        {
            at++;
        }

        return at;
    }
}
