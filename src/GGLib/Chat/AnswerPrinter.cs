using System.Text;
using GGLib.Client.Wire;
using GGLib.Rendering;

namespace GGLib.Chat;

/// <summary>
/// Shows an answer as it comes. On a terminal thinking goes before it, dimmed, and control characters do not get through; elsewhere
/// the output is the answer and nothing else.
/// </summary>
internal sealed class AnswerPrinter(Screen screen, bool hideThinking)
{
    private readonly StringBuilder _text = new();
    private bool _thinks;

    /// <summary>Whether any thinking came, shown or not.</summary>
    public bool HasThought { get; private set; }

    /// <summary>The answer so far, without thinking.</summary>
    public string Text => _text.ToString();

    private bool _endsLine = true;

    public void Print(ChatPiece piece)
    {
        HasThought |= piece.Message?.Thinking is { Length: > 0 };
        if (screen.IsTerminal && !hideThinking && piece.Message?.Thinking is { Length: > 0 } thinking)
        {
            if (!_thinks)
            {
                screen.Write(screen.Paint.Dim("Thinking...\n"));
                _thinks = true;
            }

            Write(thinking, dim: true);
        }

        if (piece.Message?.Content is { Length: > 0 } content)
        {
            EndThinking();
            _text.Append(content);
            Write(content, dim: false);
        }
    }

    /// <summary>Ends the last line.</summary>
    public void End()
    {
        EndThinking();
        if (!_endsLine)
        {
            screen.Line();
            _endsLine = true;
        }
    }

    private void EndThinking()
    {
        if (_thinks)
        {
            _thinks = false;
            screen.Write(screen.Paint.Dim($"{(_endsLine ? "" : "\n")}...done thinking.\n\n"));
            _endsLine = true;
        }
    }

    private void Write(string text, bool dim)
    {
        var shown = screen.IsTerminal ? SafeText.Lines(text) : text;
        if (shown.Length > 0)
        {
            screen.Write(dim ? screen.Paint.Dim(shown) : shown);
            _endsLine = shown[^1] is '\n';
        }
    }
}
