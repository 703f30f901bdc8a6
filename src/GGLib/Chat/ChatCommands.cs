using GGLib.Chat.Editing;
using GGLib.Client;
using GGLib.Client.Wire;
using GGLib.Rendering;

namespace GGLib.Chat;

/// <summary>The lines of a chat that begin with a slash.</summary>
internal sealed class ChatCommands(Screen screen, OllamaClient client, Conversation conversation, Answering answering, History history)
{
    private static readonly (string Line, string Meaning)[] Help =
    [
        ("/set parameter NAME VALUE", "temperature, seed, num_ctx, num_predict, top_k, stop ..."),
        ("/set system TEXT", "what the model is told before everything else"),
        ("/set think [LEVEL]", "thinking on, or how much: low, medium, high"),
        ("/set nothink", "thinking off"),
        ("/set verbose, /set quiet", "timings after every answer, or not"),
        ("/set format json", "answers in JSON; /set noformat: free ones"),
        ("/set history, nohistory", "keep what is typed for the arrow keys, or not"),
        ("/show WHAT", "info, parameters, system, template or license"),
        ("/load MODEL", "another model; the conversation begins anew"),
        ("/clear", "the conversation begins anew"),
        ("/bye", "leave; Ctrl-D does too"),
    ];

    private static readonly string[] Names = ["/help", "/?", "/set", "/show", "/load", "/save", "/clear", "/bye", "/exit"];

    /// <summary>Whether a line is meant for us. A path begins with a slash too.</summary>
    public static bool IsCommand(string line)
    {
        var word = line.Split([' ', '\t', '\n'], 2)[0];
        return word.StartsWith('/') && (Names.Contains(word) || !word[1..].Contains('/')) && !File.Exists(word);
    }

    /// <returns>False to leave.</returns>
    public async Task<bool> RunAsync(string line, CancellationToken cancellation)
    {
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["/bye" or "/exit"]:
                return false;
            case ["/help" or "/?", ..]:
                PrintHelp();
                break;
            case ["/clear"]:
                conversation.Clear();
                screen.Line("The conversation begins anew.");
                break;
            case ["/load", var model]:
                await LoadAsync(model, cancellation).ConfigureAwait(false);
                break;
            case ["/set", .. var what]:
                Set(what, line);
                break;
            case ["/show", var what]:
                await ShowAsync(what, cancellation).ConfigureAwait(false);
                break;
            case ["/save", ..]:
                Wrong("Conversations are not saved.");
                break;
            case ["/load" or "/show" or "/bye" or "/exit" or "/clear", ..]:
                Wrong($"That is: {Help.First(help => help.Line.StartsWith(words[0] is "/exit" ? "/bye" : words[0], StringComparison.Ordinal)).Line}");
                break;
            default:
                Wrong($"There is no command '{SafeText.OneLine(words[0], 60)}'.{NearNames.Question(words[0], Names)} /help lists them.");
                break;
        }

        return true;
    }

    private void PrintHelp()
    {
        foreach (var (line, meaning) in Help)
        {
            screen.Line($"  {line.PadRight(26)} {screen.Paint.Dim(meaning)}");
        }

        screen.Line();
        screen.Line("  Text in \"\"\" may have several lines, and so may pasted text; Alt-Enter adds a line.");
        screen.Line("  Ctrl-C stops an answer; the arrow keys bring back what was typed before.");
        screen.Line("  A path to a .png or .jpg file in the text shows the image to models that can see.");
    }

    private void Set(string[] words, string line)
    {
        string? error = null;
        switch (words)
        {
            case ["parameter", var name, .. { Length: > 0 } values]:
                if (GenerationValues.Parameter(name, values, out error) is { } option)
                {
                    conversation.Options[name] = option;
                    screen.Line($"{name} is {string.Join(' ', values)}");
                }

                break;
            case ["system", ..]:
                var text = line[(line.IndexOf("system", StringComparison.Ordinal) + "system".Length)..].Trim().Trim('"').Trim();
                conversation.System = text.Length > 0 ? text : null;
                screen.Line(text.Length > 0 ? "The system text is set." : "There is no system text now.");
                break;
            case ["think", .. var level] when level.Length <= 1:
                if (GenerationValues.Think(level is [var value] ? value : "true", out error) is { } think)
                {
                    conversation.Think = think;
                    screen.Line("The model is to think.");
                }

                break;
            case ["nothink"]:
                conversation.Think = ClientJson.Of(false);
                screen.Line("The model is not to think.");
                break;
            case ["verbose"] or ["quiet"]:
                conversation.Verbose = words[0] is "verbose";
                screen.Line(conversation.Verbose ? "Answers are followed by their timings." : "Answers come without timings.");
                break;
            case ["format", ..]:
                if (GenerationValues.Format(line[(line.IndexOf("format", StringComparison.Ordinal) + "format".Length)..].Trim(), out error) is { } format)
                {
                    conversation.Format = format;
                    screen.Line("Answers are JSON.");
                }

                break;
            case ["noformat"]:
                conversation.Format = null;
                screen.Line("Answers are free text.");
                break;
            case ["history"] or ["nohistory"]:
                history.Keeps = words[0] is "history";
                screen.Line(history.Keeps ? "What is typed is kept." : "What is typed is not kept.");
                break;
            default:
                error = "What can be set is: parameter NAME VALUE, system TEXT, think, nothink, verbose, quiet, format json, noformat, history, nohistory.";
                break;
        }

        if (error is not null)
        {
            Wrong(error);
        }
    }

    private async Task ShowAsync(string what, CancellationToken cancellation)
    {
        switch (what)
        {
            case "system" when conversation.System is { } system:
                screen.Line(SafeText.Lines(system));
                return;
            case "info" or "parameters" or "system" or "template" or "license":
                break;
            default:
                Wrong("What can be shown is: info, parameters, system, template, license.");
                return;
        }

        if (!(await client.ShowAsync(conversation.Model, cancellation).ConfigureAwait(false)).Succeeded(out var model, out var failure))
        {
            screen.Fail(failure);
            return;
        }

        switch (what)
        {
            case "info":
                screen.Line(screen.Paint.Bold(SafeText.OneLine(conversation.Model)));
                foreach (var (label, value) in ModelFacts.Of(model))
                {
                    screen.Line($"  {screen.Paint.Dim(label.PadRight(14))}{value}");
                }

                break;
            case "parameters":
                Text(string.Join('\n', [
                    .. conversation.Options.Select(static option => $"{option.Key.PadRight(20)} {option.Value.GetRawText()}  (set here)"),
                    .. string.IsNullOrEmpty(model.Parameters) ? Array.Empty<string>() : [model.Parameters],
                ]));
                break;
            case "system":
                Text(model.System);
                break;
            case "template":
                Text(model.Template);
                break;
            default:
                Text(model.License ?? ModelFacts.License(model));
                break;
        }

        void Text(string? text) => screen.Line(string.IsNullOrWhiteSpace(text) ? $"The model has no {what} of its own." : SafeText.Lines(text).TrimEnd());
    }

    private async Task LoadAsync(string asked, CancellationToken cancellation)
    {
        if (!(await ServerModel.FindAsync(client, asked, cancellation).ConfigureAwait(false)).Succeeded(out var model, out var failure))
        {
            screen.Fail(failure);
            return;
        }

        conversation.Switch(model);
        answering.Forget();
        screen.Line($"Now '{SafeText.OneLine(model)}' answers; the conversation begins anew.");
    }

    private void Wrong(string text) => screen.Note(text);
}
