using System.Text.Json;
using GGLib.Engine.Processes;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.EngineRequests;
using GGLib.Server.Inference;
using GGLib.Server.Requests;

namespace GGLib.Server.Prompts;

/// <summary>A conversation by the engine's chat endpoint, which renders it with the model's Jinja template and reads thinking and tool calls out of the answer.</summary>
/// <param name="messages">The conversation.</param>
/// <param name="tools">The tools as the client sent them, or null.</param>
/// <param name="fields">What else the client asked for.</param>
/// <param name="options">Its options.</param>
/// <param name="thinkingSwitch">The template's name for its switch of thinking; null for a model that does not think.</param>
internal sealed class ChatPrompt(IReadOnlyList<ChatMessage> messages, JsonElement? tools, InferenceFields fields, OllamaOptions options, string? thinkingSwitch)
    : ConversationPrompt(messages, fields, options)
{
    protected override bool IsReadByEngine => true;

    protected override bool Thinks => thinkingSwitch is not null && (Fields.Think?.Enabled ?? true);

    protected override async Task<EngineReply> AskAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation)
    {
        var reply = await EngineClient.PostAsync(runner, "/v1/chat/completions", Compose(runner, messages), cancellation).ConfigureAwait(false);
        return reply.Problem is { } problem && HasSecondWay(messages) && ConstrainedCompletion.Helps(problem)
            ? await ConstrainedCompletion.PostAsync(
                runner, ChatTranslation.Template(messages), prompt => CompletionTranslation.Raw(prompt, Fields, Options, runner.ContextLength), cancellation).ConfigureAwait(false)
            : reply;
    }

    protected override Task<(string? Text, EngineProblem? Problem)> RenderAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation) =>
        EngineText.ApplyTemplateAsync(runner, Compose(runner, messages), cancellation);

    private byte[] Compose(IRunner runner, IReadOnlyList<ChatMessage> some) => ChatTranslation.Compose(some, tools, Fields, Options, thinkingSwitch, runner.ContextLength);

    // The second way knows no tools and no images.
    private bool HasSecondWay(IReadOnlyList<ChatMessage> some) => Fields.Format is not null && tools is null && some.All(static message => message.Images.Count == 0);
}
