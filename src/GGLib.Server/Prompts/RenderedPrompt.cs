using GGLib.Engine.Processes;
using GGLib.Server.EngineRequests;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Server.Prompts;

/// <summary>A conversation that is rendered before the engine completes it as a text: by a Go template, or because it continues the tokens of an earlier answer.</summary>
/// <param name="prepared">The request.</param>
/// <param name="calls">How the model writes tool calls; null when it has no tools.</param>
/// <param name="render">Renders some of the messages.</param>
internal sealed class RenderedPrompt(
    PreparedRequest prepared, ToolCallText? calls, Func<IRunner, IReadOnlyList<ChatMessage>, CancellationToken, Task<(string? Text, InferenceFailure? Failure)>> render)
    : ConversationPrompt(prepared)
{
    protected override async Task<EngineAnswer> AskAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation)
    {
        var (text, failure) = await RenderAsync(runner, messages, cancellation).ConfigureAwait(false);
        if (text is null)
        {
            return failure!;
        }

        var reply = await EngineClient.PostAsync(runner, "/completion", CompletionBody.Of(text, Request, runner.ContextLength), cancellation).ConfigureAwait(false);
        return AnswerOf(reply, text) with { PromptTokens = token => TokensAsync(runner, messages, token) };
    }

    protected override EngineAnswer AnswerOf(EngineReply reply, string text)
    {
        var isThinking = text.AsSpan().TrimEnd().EndsWith("<think>", StringComparison.Ordinal);
        return new(reply.Response, reply.Failure) { Reader = answer => new AnswerTextReader(answer, Prepared.Thinks, isThinking, calls) };
    }

    protected override async Task<(string? Text, InferenceFailure? Failure)> RenderAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation)
    {
        var earlier = "";
        if (Request.EarlierTokens.Count > 0)
        {
            var (text, failure) = await EngineText.DetokenizeAsync(runner, Request.EarlierTokens, cancellation).ConfigureAwait(false);
            if (text is null)
            {
                return (null, failure);
            }

            earlier = text;
        }

        var (rendered, refused) = await render(runner, messages, cancellation).ConfigureAwait(false);
        return rendered is null ? (null, refused) : (earlier + rendered, null);
    }
}
