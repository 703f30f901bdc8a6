using System.Text;
using GGLib.Chat.Editing;
using GGLib.Client;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Chat;

/// <summary>A conversation with a person at the terminal.</summary>
internal sealed class ChatSession
{
    private const string Prompt = ">>> ";
    private const string Continuation = "... ";
    private const string Hint = "Ask something (/help for help)";
    private const string Quotes = "\"\"\"";

    private readonly Screen _screen;
    private readonly IKeyboard _keyboard;
    private readonly LineEditor _editor;
    private readonly History _history;
    private readonly Answering _answering;
    private readonly ChatCommands _commands;

    public ChatSession(Surroundings around, OllamaClient client, Conversation conversation, IKeyboard keyboard)
    {
        _screen = around.Screen;
        _keyboard = keyboard;
        _history = new History(Path.Combine(around.DataFolder, "history"));
        _editor = new LineEditor(_screen, keyboard, _history);
        _answering = new Answering(_screen, client, conversation);
        _commands = new ChatCommands(_screen, client, conversation, _answering, _history);
    }

    /// <summary>Returns when the person leaves.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var (outcome, text) = await ReadAsync(cancellation).ConfigureAwait(false);
            switch (outcome)
            {
                case LineOutcome.Ended:
                    return;
                case LineOutcome.Interrupted:
                    _screen.Line("Ctrl-D or /bye leaves.");
                    break;
                default:
                    if (!await TakeAsync(text, cancellation).ConfigureAwait(false))
                    {
                        return;
                    }

                    break;
            }
        }
    }

    private async Task<bool> TakeAsync(string text, CancellationToken cancellation)
    {
        if (text.Length == 0)
        {
            return true;
        }

        if (ChatCommands.IsCommand(text))
        {
            return await _commands.RunAsync(text, cancellation).ConfigureAwait(false);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _keyboard.Interrupted = stop.Cancel;
        try
        {
            if (await _answering.AskAsync(text, stop.Token).ConfigureAwait(false) is { } failure)
            {
                _screen.Fail(failure);
            }
        }
        finally
        {
            _keyboard.Interrupted = null;
        }

        cancellation.ThrowIfCancellationRequested();
        _screen.Line();
        return true;
    }

    /// <summary>A line, or what stands between two <c>"""</c>.</summary>
    private async Task<(LineOutcome Outcome, string Text)> ReadAsync(CancellationToken cancellation)
    {
        var (outcome, line) = await _editor.ReadAsync(Prompt, Continuation, Hint, cancellation).ConfigureAwait(false);
        var typed = new StringBuilder(line);
        var begin = line.IndexOf(Quotes, StringComparison.Ordinal);

        // Quotes open a text at the start of a line, or of what a system text is set to.
        if (outcome is not LineOutcome.Entered || begin < 0 || (begin > 0 && !line.StartsWith("/set system ", StringComparison.Ordinal)))
        {
            _history.Add(outcome is LineOutcome.Entered ? line.Trim() : "");
            return (outcome, line.Trim());
        }

        while (typed.ToString().IndexOf(Quotes, begin + Quotes.Length, StringComparison.Ordinal) < 0)
        {
            (outcome, line) = await _editor.ReadAsync(Continuation, Continuation, "", cancellation).ConfigureAwait(false);
            if (outcome is not LineOutcome.Entered)
            {
                return (outcome, "");
            }

            typed.Append('\n').Append(line);
        }

        var whole = typed.ToString().Trim();
        _history.Add(whole);
        return (outcome, whole.Replace(Quotes, "", StringComparison.Ordinal).Trim());
    }
}
