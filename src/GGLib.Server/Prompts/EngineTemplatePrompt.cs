using GGLib.Engine.Processes;
using GGLib.Server.EngineRequests;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Server.Prompts;

/// <summary>A conversation for the engine's chat endpoint, which renders it with the model's Jinja template and separates thinking and tool calls from the text.</summary>
/// <param name="prepared">The request.</param>
/// <param name="output">How the answer reaches the client.</param>
internal sealed class EngineTemplatePrompt(PreparedRequest prepared, AnswerOutput output) : ConversationPrompt(prepared)
{
    // Markup for thinking or channels that only the engine's chat endpoint separates from the text.
    private static readonly string[] OtherMarkup = ["<|channel", "<|START_", "[THINK]", "<seed:think>", "◁think▷"];

    private bool HasTools => Request.Tools.Count > 0;

    private bool IsPrefilled => Request.Messages is [.., { Role: "assistant", ToolCalls.Count: 0 }];

    /// <summary>
    /// The engine rejects log probabilities together with tools in a stream, so the answer is asked for as one object. But as one object the answer repeats a prefill: then the log probabilities are
    /// left out.
    /// </summary>
    private bool IsWhole => Request.TopLogprobs is not null && !IsPrefilled
        && (HasTools ? Request.Stream || !output.CanRelay || HasOneCall || Prepared.ChecksCalls : !Request.Stream && !output.CanRelay && !IsCompleted(Request.Messages));

    /// <summary>
    /// Relayed bytes must be correct as they are: an answer asked for in another form than the client wants, a prefill that one object repeats, tool calls and tool markup that must not appear are
    /// written by us.
    /// </summary>
    private bool IsRelayed => output.CanRelay && !IsWhole && !(IsPrefilled && !Request.Stream) && !HidesToolMarkup && !HasOneCall && !ForcesCall && !Prepared.ChecksCalls && !MayCutMarkup;

    private bool ForcesCall => HasTools && Request.ToolChoice.Mode is ToolChoiceMode.Required;

    private bool HasOneCall => HasTools && Request.ParallelToolCalls is false;

    // The limit or a stop sequence may cut a tool call or the thinking off inside its markup. As one object the engine reports that markup as text; in a stream it holds it back.
    private bool MayCutMarkup => (HasTools || Prepared.Thinks) && !Request.Stream && Request.TopLogprobs is null;

    // The engine's chat endpoint streams no event for a token that is only markup, and so not its log probability either.
    private bool IsCompleted(IReadOnlyList<ChatMessage> messages) =>
        Request is { TopLogprobs: not null, Format: null } && !output.CanRelay && !HasTools && !HidesToolMarkup && HasPlainMarkup && messages.All(static message => message.MediaCount == 0);

    // Whether AnswerTextReader finds all that the chat endpoint would separate from the text.
    private bool HasPlainMarkup => Prepared.Model.Facts.ChatTemplate is not { } template
        || (!OtherMarkup.Any(mark => template.Contains(mark, StringComparison.Ordinal)) && (!Prepared.CanThink || template.Contains("</think>", StringComparison.Ordinal)));

    // Without tools in the request the engine does not look for calls, but a conversation that contains some invites more.
    private bool HidesToolMarkup => Request.ToolChoice.Mode is ToolChoiceMode.None && ToolMarkup.IsLikely(Request.Messages);

    public override Task<(long? Count, InferenceFailure? Failure)> CountAsync(IRunner runner, CancellationToken cancellation) => EngineText.CountAsync(runner, Compose(runner, Request.Messages), cancellation);

    protected override async Task<EngineAnswer> AskAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation)
    {
        if (IsCompleted(messages))
        {
            return await CompleteAsync(runner, messages, cancellation).ConfigureAwait(false);
        }

        var reply = await EngineClient.PostAsync(runner, "/v1/chat/completions", Compose(runner, messages), cancellation).ConfigureAwait(false);
        Func<CancellationToken, Task<EngineAnswer>>? secondWay = HasSecondWay(messages) ? token => CompleteRenderedAsync(runner, messages, token) : null;
        if (reply.Failure is InferenceFailure.SchemaRejected or InferenceFailure.AnswerRejected && secondWay is not null)
        {
            return await secondWay(cancellation).ConfigureAwait(false);
        }

        return new(reply.Response, reply.Failure)
        {
            SecondWay = secondWay,
            IsRelayable = IsRelayed,
            Reader = ForcesCall ? answer => new ForcedCallFilter(HasOneCall ? new SingleCallFilter(answer) : answer)
                : HidesToolMarkup ? answer => new ToolMarkupFilter(answer, ToolMarkup.MarkOf(Prepared.Model))
                : HasOneCall ? static answer => new SingleCallFilter(answer)
                : static answer => answer,
            PromptTokens = token => TokensAsync(runner, messages, token),
        };
    }

    protected override Task<(string? Text, InferenceFailure? Failure)> RenderAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation) =>
        EngineText.ApplyTemplateAsync(runner, Compose(runner, messages), cancellation);

    protected override EngineAnswer AnswerOf(EngineReply reply, string text)
    {
        var isThinking = text.AsSpan().TrimEnd().EndsWith("<think>", StringComparison.Ordinal);
        return new(reply.Response, reply.Failure) { Reader = answer => new AnswerTextReader(answer, Prepared.Thinks, isThinking, calls: null) };
    }

    private async Task<EngineAnswer> CompleteAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation)
    {
        var (text, failure) = await RenderAsync(runner, messages, cancellation).ConfigureAwait(false);
        if (text is null)
        {
            return failure!;
        }

        var reply = await EngineClient.PostAsync(runner, "/completion", CompletionBody.Of(text, Request, runner.ContextLength), cancellation).ConfigureAwait(false);
        return AnswerOf(reply, text) with { PromptTokens = token => TokensAsync(runner, messages, token) };
    }

    private byte[] Compose(IRunner runner, IReadOnlyList<ChatMessage> messages)
    {
        var relays = IsRelayed;
        return ChatBody.Compose(Request, messages, new ChatShape
        {
            Alias = relays ? runner.Alias : null,
            ThinkingSwitch = Prepared.ThinkingSwitch,
            ContextLength = runner.ContextLength,
            // Streamed for every client whose answer we write: when it disconnects, the engine stops at once.
            Stream = relays ? Request.Stream : !IsWhole,
            IncludeUsage = !relays || Request.IncludeUsage,
            Logprobs = !HasTools || IsWhole || (relays && !Request.Stream),
            ReportsProgress = output.NeedsPromptCounts && !IsWhole,
            ReportsStopSequence = output.NeedsStopSequence && Request.Options.Stop is { Count: > 0 },
        });
    }

    // Completing a rendered prompt supports neither tools nor images.
    private bool HasSecondWay(IReadOnlyList<ChatMessage> messages) => Request.Format is not null && !HasTools && messages.All(static message => message.MediaCount == 0);

    /// <summary>
    /// For some templates llama-server cannot set up a schema's grammar on its chat endpoint (seen in 0.7.0): the grammar is fed the text that begins the assistant's turn, and does not allow it. It
    /// reports this before it computes anything. For others it cannot parse what the model wrote under the grammar, and reports this at the end. <c>/completion</c> over the rendered text has neither
    /// problem.
    /// </summary>
    private async Task<EngineAnswer> CompleteRenderedAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation)
    {
        var (text, failure) = await EngineText.ApplyTemplateAsync(runner, ChatBody.ComposeUnthinking(Request, messages, Prepared.ThinkingSwitch), cancellation).ConfigureAwait(false);
        if (text is null)
        {
            return failure!;
        }

        var reply = await EngineClient.PostAsync(runner, "/completion", CompletionBody.Of(text, Request, runner.ContextLength), cancellation).ConfigureAwait(false);
        return new(reply.Response, reply.Failure) { PromptTokens = token => TokensAsync(runner, messages, token) };
    }
}
