using GGLib.Client;
using GGLib.Client.Wire;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Chat;

/// <summary>Asks one question of a conversation and shows the answer.</summary>
internal sealed class Answering(Screen screen, OllamaClient client, Conversation conversation)
{
    private const string NoThinking = "--think=false, or /set nothink in a conversation, asks it for an answer at once.";

    private bool? _sees;

    /// <summary>The model has changed.</summary>
    public void Forget() => _sees = null;

    /// <param name="prompt">The question; images may be named in it.</param>
    /// <param name="stop">Ends the answer; what has come of it stays in the conversation.</param>
    /// <returns>Why there is no whole answer; null too when it was stopped.</returns>
    public async Task<CommandFailure?> AskAsync(string prompt, CancellationToken stop)
    {
        var printer = new AnswerPrinter(screen, conversation.HideThinking);
        ChatMessage? question = null;
        CommandFailure? failure = null;
        try
        {
            (question, failure) = await ComposeAsync(prompt, stop).ConfigureAwait(false);
            if (question is null)
            {
                return failure;
            }

            ChatPiece? last = null;
            await foreach (var step in client.ChatAsync(conversation.Ask(question), stop).ConfigureAwait(false))
            {
                if (!step.Succeeded(out var piece, out failure))
                {
                    break;
                }

                printer.Print(piece);
                last = piece;
            }

            printer.End();
            if (failure is null && last is not null && printer is { HasThought: true, Text: "" })
            {
                screen.Note($"The model {(last.DoneReason is "length" ? $"thought until its limit of {Quantity.Whole(last.EvalCount)} tokens" : "only thought")} and gave no answer. {NoThinking}");
            }

            if (failure is null && conversation.Verbose && last is not null)
            {
                screen.Detail("");
                foreach (var line in Timings.Of(last))
                {
                    screen.Detail(line);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            printer.End();
        }

        if (question is not null && (printer.Text.Length > 0 || failure is null))
        {
            conversation.Answered(question, printer.Text);
        }

        return failure;
    }

    private async Task<(ChatMessage? Question, CommandFailure? Failure)> ComposeAsync(string prompt, CancellationToken stop)
    {
        var text = new ChatMessage { Role = "user", Content = prompt };
        if (!PromptFiles.MayBeIn(prompt) || !await SeesAsync(stop).ConfigureAwait(false))
        {
            return (text, null);
        }

        if (!PromptFiles.Read(prompt).Succeeded(out var files, out var failure))
        {
            return (null, failure);
        }

        foreach (var path in files.Paths)
        {
            screen.Detail($"Added image '{SafeText.OneLine(path)}'");
        }

        return (files.Images.Count == 0 ? text : text with { Content = files.Text, Images = files.Images }, null);
    }

    private async Task<bool> SeesAsync(CancellationToken stop) =>
        _sees ??= (await client.ShowAsync(conversation.Model, stop).ConfigureAwait(false)).Value?.Capabilities?.Contains("vision") is true;
}
