using System.Threading.Channels;
using GGLib.Rendering;

namespace GGLib.Chat.Editing;

/// <summary>Reads a line that can be edited, with the earlier ones behind the arrow keys. A pasted text is one line, whatever line ends it has.</summary>
internal sealed class LineEditor(Screen screen, IKeyboard keyboard, History history)
{
    private readonly LineView _view = new(screen, () => keyboard.Size);

    /// <param name="prompt">Shown before the line.</param>
    /// <param name="continuation">Shown before further lines of a text that has several.</param>
    /// <param name="hint">Shown while nothing is typed.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<(LineOutcome Outcome, string Text)> ReadAsync(string prompt, string continuation, string hint, CancellationToken cancellation)
    {
        var buffer = new EditBuffer();
        var past = history.Count;
        var draft = "";
        _view.Begin();
        var keys = keyboard.Keys;
        while (true)
        {
            _view.Show(prompt, continuation, buffer.Text, buffer.Caret, hint);
            Key key;
            try
            {
                key = await keys.ReadAsync(cancellation).ConfigureAwait(false);
            }
            catch (ChannelClosedException)
            {
                return Finish(LineOutcome.Ended);
            }

            switch (key.Kind)
            {
                case KeyKind.Text or KeyKind.Paste:
                    buffer.Insert(key.Text);
                    break;
                case KeyKind.Enter:
                    return Finish(LineOutcome.Entered);
                case KeyKind.Interrupt:
                    return Finish(LineOutcome.Interrupted);
                case KeyKind.EndOfInput when buffer.Text.Length == 0:
                    return Finish(LineOutcome.Ended);
                case KeyKind.Up when !buffer.LineUp() && past > 0:
                    draft = past == history.Count ? buffer.Text : draft;
                    buffer.Set(history[--past]);
                    break;
                case KeyKind.Down when !buffer.LineDown() && past < history.Count:
                    buffer.Set(++past == history.Count ? draft : history[past]);
                    break;
                case KeyKind.ClearScreen:
                    screen.Write("\e[H\e[2J");
                    _view.Begin();
                    break;
                default:
                    buffer.Apply(key.Kind);
                    break;
            }
        }

        (LineOutcome, string) Finish(LineOutcome outcome)
        {
            _view.Show(prompt, continuation, buffer.Text, buffer.Text.Length);
            screen.Line();
            return (outcome, buffer.Text);
        }
    }
}
