namespace GGLib.Server.Failures;

/// <summary>
/// Why a request has no answer, or why an answer broke off. Each dialect maps these values to its own status and text in one place; nothing else decides a status. Immutable.
/// </summary>
/// <param name="Message">One sentence for people, independent of the dialect.</param>
internal abstract record InferenceFailure(string Message)
{
    /// <summary>Whether asking again on a fresh runner can do no harm: the engine never saw the request, or died before it answered.</summary>
    public virtual bool MayRetry => false;

    /// <summary>Seconds until trying again is worthwhile, as <c>Retry-After</c>; null when unknown.</summary>
    public virtual int? RetryAfterSeconds => null;

    /// <summary>The request is malformed or contains a value that no model accepts.</summary>
    /// <param name="Message">The sentence.</param>
    /// <param name="Parameter">The field at fault, for example <c>input[2].content</c>; null when unknown.</param>
    /// <param name="Code">The dialect's name for the kind of error, when the API defines one; else null.</param>
    public sealed record InvalidRequest(string Message, string? Parameter = null, string? Code = null) : InferenceFailure(Message)
    {
        /// <summary>Whether the body could not be read as JSON of the API's types at all.</summary>
        public bool IsUnreadable { get; init; }
    }

    /// <summary>The body has a content encoding that is not decoded.</summary>
    public sealed record UnsupportedEncoding(string Message) : InferenceFailure(Message);

    /// <summary>The body exceeds the size limit.</summary>
    public sealed record BodyTooLarge(string Message) : InferenceFailure(Message);

    /// <summary>An option has the wrong type. Ollama reports it with status 500.</summary>
    public sealed record InvalidOption(string Message) : InferenceFailure(Message);

    /// <summary>No model has this name.</summary>
    public sealed record ModelNotFound(string Name) : InferenceFailure($"model '{Name}' not found");

    /// <summary>The API has no object with this id.</summary>
    public sealed record NotFound(string Message, string? Parameter = null) : InferenceFailure(Message);

    /// <summary>The model lacks a capability that the request needs.</summary>
    public sealed record Unsupported(string Message) : InferenceFailure(Message);

    /// <summary>The prompt is longer than the context.</summary>
    /// <param name="Message">The engine's sentence.</param>
    /// <param name="Tokens">The prompt's tokens; null when unknown.</param>
    /// <param name="Limit">The context in tokens; null when unknown.</param>
    public sealed record ContextExceeded(string Message, long? Tokens, long? Limit) : InferenceFailure(Message);

    /// <summary>The template cannot render the conversation.</summary>
    public sealed record TemplateRejected(string Message) : InferenceFailure(Message);

    /// <summary>The engine cannot turn the schema of a format or of a tool into a grammar.</summary>
    public sealed record SchemaRejected(string Message) : InferenceFailure(Message);

    /// <summary>The model wrote an answer that the engine cannot parse. Not the client's fault.</summary>
    public sealed record AnswerRejected(string Message) : InferenceFailure(Message);

    /// <summary>The engine rejected the request for another reason.</summary>
    /// <param name="Message">The engine's sentence.</param>
    /// <param name="Status">The engine's HTTP status, 400 to 499.</param>
    /// <param name="Type">The engine's name for the kind of error; null when not given.</param>
    public sealed record EngineRejected(string Message, int Status, string? Type) : InferenceFailure(Message);

    /// <summary>The queue is full.</summary>
    public sealed record QueueFull(string Message) : InferenceFailure(Message)
    {
        public override int? RetryAfterSeconds => 1;
    }

    /// <summary>The model's process failed repeatedly and is not started again yet.</summary>
    public sealed record CrashLoop(string Message, TimeSpan Wait) : InferenceFailure(Message)
    {
        public override int? RetryAfterSeconds => (int)Math.Ceiling(Wait.TotalSeconds);
    }

    /// <summary>gglib is stopping.</summary>
    public sealed record ShuttingDown(string Message) : InferenceFailure(Message);

    /// <summary>The model could not be loaded, does not fit into memory, or no engine is installed.</summary>
    public sealed record LoadFailed(string Message) : InferenceFailure(Message);

    /// <summary>The machine or the GPU has too little free memory for this request.</summary>
    public sealed record OutOfMemory(string Message) : InferenceFailure(Message);

    /// <summary>The runner could not be reached, or closed the connection without an answer.</summary>
    public sealed record ConnectionLost(string Message) : InferenceFailure(Message)
    {
        public override bool MayRetry => true;
    }

    /// <summary>The engine's process ended while it worked on the request.</summary>
    public sealed record Crashed(string Message) : InferenceFailure(Message);

    /// <summary>gglib stopped the model, or is stopping itself, while the request ran.</summary>
    public sealed record Interrupted(string Message) : InferenceFailure(Message);

    /// <summary>The engine failed in another way, or sent something that is not an answer.</summary>
    /// <param name="Message">The sentence.</param>
    /// <param name="Status">The engine's HTTP status, 500 to 599.</param>
    public sealed record EngineFailed(string Message, int Status = 500) : InferenceFailure(Message);
}
