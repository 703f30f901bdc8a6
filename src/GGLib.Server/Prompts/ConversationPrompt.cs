using GGLib.Engine.Processes;
using GGLib.Server.EngineRequests;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Requests;

namespace GGLib.Server.Prompts;

/// <summary>A prompt made of messages. When it is longer than the context and the request allows it, its oldest messages are dropped.</summary>
internal abstract class ConversationPrompt(PreparedRequest prepared) : Prompt
{
    private const string NoShift =
        "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, or use a model with a longer context length";

    protected PreparedRequest Prepared => prepared;

    protected InferenceRequest Request => prepared.Request;

    public sealed override async Task<EngineAnswer> AskAsync(IRunner runner, CancellationToken cancellation)
    {
        var answer = await AskAsync(runner, Request.Messages, cancellation).ConfigureAwait(false);
        if (answer.Failure is not InferenceFailure.ContextExceeded || !Request.Truncate)
        {
            return answer;
        }

        var fitted = await PromptFitting.FitAsync(Request.Messages, runner.ContextLength, some => TokenizeAsync(runner, some, cancellation)).ConfigureAwait(false);
        if (fitted.Messages is { } rest)
        {
            return await AskAsync(runner, rest, cancellation).ConfigureAwait(false);
        }

        if (fitted.Tokens is not { } tokens)
        {
            return fitted.Failure!;
        }

        if (Request.Shift is false)
        {
            return new InferenceFailure.InvalidRequest(NoShift);
        }

        var cut = PromptFitting.Cut(tokens, runner.ContextLength, Request.Options.Integer("num_keep"));
        var reply = await EngineClient.PostAsync(runner, "/completion", CompletionBody.Of(cut, Request, runner.ContextLength), cancellation).ConfigureAwait(false);
        return AnswerOf(reply, text: "") with { PromptTokens = _ => Task.FromResult<int[]?>(cut) };
    }

    public sealed override Task<(string? Text, InferenceFailure? Failure)> RenderAsync(IRunner runner, CancellationToken cancellation) => RenderAsync(runner, Request.Messages, cancellation);

    /// <summary>Asks with some of the messages.</summary>
    protected abstract Task<EngineAnswer> AskAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation);

    /// <summary>Renders some of the messages.</summary>
    protected abstract Task<(string? Text, InferenceFailure? Failure)> RenderAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation);

    /// <summary>The answer to a completed text, in which thinking and tool calls must still be found.</summary>
    /// <param name="reply">The engine's reply.</param>
    /// <param name="text">The prompt's text.</param>
    protected abstract EngineAnswer AnswerOf(EngineReply reply, string text);

    /// <summary>Returns the tokens of some of the messages; null when they are unknown.</summary>
    protected async Task<int[]?> TokensAsync(IRunner runner, IReadOnlyList<ChatMessage> some, CancellationToken cancellation) =>
        (await TokenizeAsync(runner, some, cancellation).ConfigureAwait(false)).Tokens;

    private async Task<(int[]? Tokens, InferenceFailure? Failure)> TokenizeAsync(IRunner runner, IReadOnlyList<ChatMessage> some, CancellationToken cancellation)
    {
        var (text, failure) = await RenderAsync(runner, some, cancellation).ConfigureAwait(false);
        return text is null ? (null, failure) : await EngineText.TokenizeAsync(runner, text, isPrompt: true, cancellation).ConfigureAwait(false);
    }
}
