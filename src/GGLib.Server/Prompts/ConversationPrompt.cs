using GGLib.Engine.Processes;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.EngineRequests;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Server.Prompts;

/// <summary>A prompt made of messages, which is made to fit when it is too long and the client does not forbid it.</summary>
internal abstract class ConversationPrompt(IReadOnlyList<ChatMessage> messages, InferenceFields fields, OllamaOptions options) : IPrompt
{
    private const string NoShift =
        "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, or use a model with a longer context length";

    private IReadOnlyList<ChatMessage> _asked = [];
    private int[]? _cut;

    protected InferenceFields Fields => fields;

    protected OllamaOptions Options => options;

    public async Task<EngineReply> AskAsync(IRunner runner, CancellationToken cancellation)
    {
        (_asked, _cut) = (messages, null);
        var reply = await AskAsync(runner, messages, cancellation).ConfigureAwait(false);
        if (reply.Problem is not { IsTooLong: true } || fields.Truncate is false)
        {
            return reply;
        }

        var fitted = await PromptFitting.FitAsync(messages, runner.ContextLength, rest => TokenizeAsync(runner, rest, cancellation)).ConfigureAwait(false);
        if (fitted.Messages is { } rest)
        {
            _asked = rest;
            return await AskAsync(runner, rest, cancellation).ConfigureAwait(false);
        }

        if (fitted.Tokens is not { } tokens)
        {
            return new(null, fitted.Problem);
        }

        if (fields.Shift is false)
        {
            return new(null, new EngineProblem(400, NoShift));
        }

        _cut = PromptFitting.Cut(tokens, runner.ContextLength, options.Integer("num_keep"));
        return await EngineClient.PostAsync(runner, "/completion", CompletionTranslation.Tokens(_cut, fields, options, runner.ContextLength), cancellation).ConfigureAwait(false);
    }

    public IAnswer Reading(IAnswer answer) => IsReadByEngine && _cut is null ? answer : new AnswerTextReader(answer, Thinks, IsThinking, Calls);

    public Task<(string? Text, EngineProblem? Problem)> RenderAsync(IRunner runner, CancellationToken cancellation) => RenderAsync(runner, messages, cancellation);

    public async Task<int[]?> TokensAsync(IRunner runner, CancellationToken cancellation) =>
        _cut ?? (await TokenizeAsync(runner, _asked, cancellation).ConfigureAwait(false)).Tokens;

    /// <summary>Whether the engine tells thinking and tool calls from content.</summary>
    protected abstract bool IsReadByEngine { get; }

    /// <summary>Whether the model may think in this answer.</summary>
    protected abstract bool Thinks { get; }

    /// <summary>Whether the prompt that was asked last ends inside of thinking.</summary>
    protected virtual bool IsThinking => false;

    /// <summary>How the model writes tool calls; null when it is given no tools.</summary>
    protected virtual ToolCallText? Calls => null;

    /// <summary>Asks with some of the messages.</summary>
    protected abstract Task<EngineReply> AskAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation);

    /// <summary>The text of some of the messages.</summary>
    protected abstract Task<(string? Text, EngineProblem? Problem)> RenderAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation);

    private async Task<(int[]? Tokens, EngineProblem? Problem)> TokenizeAsync(IRunner runner, IReadOnlyList<ChatMessage> some, CancellationToken cancellation)
    {
        var (text, problem) = await RenderAsync(runner, some, cancellation).ConfigureAwait(false);
        return text is null ? (null, problem) : await EngineText.TokenizeAsync(runner, text, isPrompt: true, cancellation).ConfigureAwait(false);
    }
}
