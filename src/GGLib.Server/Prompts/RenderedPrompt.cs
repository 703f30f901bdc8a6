using GGLib.Engine.Processes;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.EngineRequests;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Server.Prompts;

/// <summary>A conversation whose text is made here, or begins with the tokens of an earlier answer, and goes to the engine as a text to complete.</summary>
/// <param name="messages">The conversation.</param>
/// <param name="before">Tokens of an earlier answer (<c>context</c>), which the text is put after; none as a rule.</param>
/// <param name="fields">What else the client asked for.</param>
/// <param name="options">Its options.</param>
/// <param name="canThink">Whether the model thinks.</param>
/// <param name="calls">How the model writes tool calls; null when it is given no tools.</param>
/// <param name="render">Makes the text of some of the messages.</param>
internal sealed class RenderedPrompt(
    IReadOnlyList<ChatMessage> messages,
    IReadOnlyList<int> before,
    InferenceFields fields,
    OllamaOptions options,
    bool canThink,
    ToolCallText? calls,
    Func<IRunner, IReadOnlyList<ChatMessage>, CancellationToken, Task<(string? Text, EngineProblem? Problem)>> render)
    : ConversationPrompt(messages, fields, options)
{
    private bool _isThinking;

    protected override bool IsReadByEngine => false;

    protected override bool Thinks => canThink && (Fields.Think?.Enabled ?? true);

    protected override bool IsThinking => _isThinking;

    protected override ToolCallText? Calls => calls;

    protected override async Task<EngineReply> AskAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation)
    {
        var (text, problem) = await RenderAsync(runner, messages, cancellation).ConfigureAwait(false);
        _isThinking = text is not null && text.AsSpan().TrimEnd().EndsWith("<think>", StringComparison.Ordinal);
        return text is null
            ? new(null, problem)
            : await EngineClient.PostAsync(runner, "/completion", CompletionTranslation.Raw(text, Fields, Options, runner.ContextLength), cancellation).ConfigureAwait(false);
    }

    protected override async Task<(string? Text, EngineProblem? Problem)> RenderAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation)
    {
        var earlier = "";
        if (before.Count > 0)
        {
            var (text, problem) = await EngineText.DetokenizeAsync(runner, before, cancellation).ConfigureAwait(false);
            if (text is null)
            {
                return (null, problem);
            }

            earlier = text;
        }

        var (rendered, refused) = await render(runner, messages, cancellation).ConfigureAwait(false);
        return rendered is null ? (null, refused) : (earlier + rendered, null);
    }
}
