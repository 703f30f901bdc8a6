using System.Globalization;
using System.Text;
using GGLib.Rendering;
using Spectre.Console.Rendering;

namespace GGLib.Chat.Editing;

/// <summary>
/// Shows the text being edited: breaks it into the terminal's rows itself, by the cells that characters take, so that the caret's place is
/// known whatever the terminal does at its right edge. Of a text higher than the terminal the rows around the caret are shown.
/// </summary>
internal sealed class LineView(Screen screen, Func<(int Width, int Height)> size)
{
    private int _caretRow;

    /// <summary>Forgets what is on the screen: the next <see cref="Show"/> begins where the cursor is.</summary>
    public void Begin() => _caretRow = 0;

    /// <param name="prompt">Before the first line, and in its width before the others.</param>
    /// <param name="continuation">Before further lines.</param>
    /// <param name="text">The text.</param>
    /// <param name="caret">An index into it.</param>
    /// <param name="hint">Shown instead of an empty text.</param>
    public void Show(string prompt, string continuation, string text, int caret, string hint = "")
    {
        var (width, height) = size();
        var (rows, caretRow, caretColumn) = Break(prompt, continuation, text, caret, width);
        var first = Math.Clamp(caretRow - height + 1, 0, Math.Max(0, rows.Count - height));
        var shown = rows.Skip(first).Take(height).ToList();
        var output = new StringBuilder("\r");
        Up(output, _caretRow);
        output.Append("\e[J").AppendJoin("\r\n", shown);
        if (text.Length == 0 && hint.Length > 0)
        {
            var room = width - Cells(prompt) - 1;
            output.Append(screen.Paint.Dim(hint.Length <= room ? hint : hint[..Math.Max(room, 0)]));
        }

        Up(output, shown.Count - 1 - (caretRow - first));
        output.Append('\r');
        if (caretColumn > 0)
        {
            output.Append(CultureInfo.InvariantCulture, $"\e[{caretColumn}C");
        }

        _caretRow = caretRow - first;
        screen.Write(output.ToString());
    }

    private static (List<string> Rows, int CaretRow, int CaretColumn) Break(string prompt, string continuation, string text, int caret, int width)
    {
        var rows = new List<string>();
        var row = new StringBuilder(prompt);
        var column = Cells(prompt);
        var (caretRow, caretColumn) = (0, column);
        for (var at = 0; at <= text.Length;)
        {
            // The cell behind a full row is the first of the next one.
            if (column >= width)
            {
                NextRow("");
            }

            if (at == caret)
            {
                (caretRow, caretColumn) = (rows.Count, column);
            }

            if (at == text.Length)
            {
                break;
            }

            var length = StringInfo.GetNextTextElementLength(text, at);
            var element = text.Substring(at, length);
            at += length;
            if (element is "\n")
            {
                NextRow(continuation);
                continue;
            }

            element = element is "\t" ? "    " : element;
            var cells = Cells(element);
            if (column + cells > width)
            {
                NextRow("");
                if (at - length == caret)
                {
                    (caretRow, caretColumn) = (rows.Count, column);
                }
            }

            row.Append(element);
            column += cells;
        }

        rows.Add(row.ToString());
        return (rows, caretRow, caretColumn);

        void NextRow(string begin)
        {
            rows.Add(row.ToString());
            row.Clear().Append(begin);
            column = Cells(begin);
        }
    }

    private static int Cells(string text) => text.Length == 0 ? 0 : new Segment(text).CellCount();

    private static void Up(StringBuilder output, int rows)
    {
        if (rows > 0)
        {
            output.Append(CultureInfo.InvariantCulture, $"\e[{rows}A");
        }
    }
}
