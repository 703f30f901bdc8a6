using GGLib.Engine.Launching;
using GGLib.Server.Failures;

namespace GGLib.Server.Requests;

/// <summary>
/// A request for generated text, independent of the API it arrived through. A dialect's reader produces it, <c>Preparation</c> completes it, and everything after that knows only this type.
/// Immutable. JSON elements belong to the request body and are valid until the body is disposed.
/// </summary>
internal sealed record InferenceRequest
{
    /// <summary>The model's name as the client wrote it.</summary>
    public required string Model { get; init; }

    /// <summary>The conversation, oldest first. Empty when <see cref="Prompt"/> is set, or when the request only loads the model.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    /// <summary>A prompt that is not a conversation; null for a conversation.</summary>
    public RawPrompt? Prompt { get; init; }

    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    /// <summary>False: at most one tool call per answer. Null: the engine's default.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>The format the answer must have; null for free text.</summary>
    public OutputFormat? Format { get; init; }

    /// <summary>The client's wish about thinking; null when it has none.</summary>
    public ThinkingRequest? Thinking { get; init; }

    /// <summary>Sampling and launch options under Ollama's names, whatever the dialect calls them.</summary>
    public OllamaOptions Options { get; init; } = OllamaOptions.None;


    /// <summary>
    /// A fault that is reported only once the model has been found, because the API checks in that order; null for none. An <see cref="InferenceFailure.InvalidRequest"/> precedes the model's
    /// capabilities, any other failure follows them.
    /// </summary>
    public InferenceFailure? Deferred { get; init; }

    /// <summary>Whether sampling options that nobody sets have Ollama's defaults; otherwise they have the engine's.</summary>
    public bool UsesOllamaDefaults { get; init; }

    /// <summary>Number of alternatives to report with each token's log probability (0 to 20); null when no log probabilities are wanted.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>Number of answers to generate (<c>n</c>), at least 1.</summary>
    public int ChoiceCount { get; init; } = 1;

    public bool Stream { get; init; }

    /// <summary>Whether a streamed answer ends with token counts, for APIs where that is optional.</summary>
    public bool IncludeUsage { get; init; } = true;

    /// <summary>Replaces the model's keep-alive; null when not given.</summary>
    public KeepAlive? KeepAlive { get; init; }

    /// <summary>Identifies the client's conversation across requests; null when the client sent no identifier.</summary>
    public string? Session { get; init; }

    /// <summary>False: a conversation longer than the context is an error. True: its oldest messages are dropped.</summary>
    public bool Truncate { get; init; }

    /// <summary>Whether the context is shifted when the answer reaches its end; null is as the model was launched.</summary>
    public bool? Shift { get; init; }

    /// <summary>A template for this request only; null or empty to use the model's.</summary>
    public string? Template { get; init; }

    /// <summary>Tokens of an earlier answer that precede the prompt (Ollama's <c>context</c>).</summary>
    public IReadOnlyList<int> EarlierTokens { get; init; } = [];

    /// <summary>Whether the answer includes the tokens of prompt and answer (Ollama's <c>context</c>).</summary>
    public bool ReturnsTokens { get; init; }

    /// <summary>Whether only the rendered prompt is wanted (Ollama's <c>_debug_render_only</c>).</summary>
    public bool RendersOnly { get; init; }

    /// <summary>Whether only the number of the prompt's tokens is wanted.</summary>
    public bool CountsOnly { get; init; }

    /// <summary>Whether there is nothing to generate: the model is loaded, or unloaded when the keep-alive is zero.</summary>
    public bool LoadsOnly { get; init; }

    /// <summary>The word for this kind of request in the sentence that a model does not support it.</summary>
    public string Verb { get; init; } = "chat";

    /// <summary>Whether a system prompt of the request precedes the stored messages, as with Ollama's <c>system</c> field. A system message of a chat follows them.</summary>
    public bool PutsSystemFirst { get; init; }

    /// <summary>Top-level fields that gglib does not interpret and the engine may. They are sent as they are; a field that gglib writes itself takes precedence.</summary>
    public IReadOnlyList<ForwardedField> Forwarded { get; init; } = [];
}
