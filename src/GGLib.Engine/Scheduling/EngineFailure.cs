namespace GGLib.Engine.Scheduling;

/// <summary>Why no runner was handed out. Each becomes a response in one place per dialect.</summary>
/// <param name="Message">One sentence for people, independent of the dialect.</param>
public abstract record EngineFailure(string Message)
{
    /// <summary>The queue is full (<c>OLLAMA_MAX_QUEUE</c>).</summary>
    public sealed record QueueFull() : EngineFailure("server busy, please try again.  maximum pending requests exceeded");

    /// <summary>The request asks for a launch that the engine cannot provide, whatever the state of the machine. Nothing was started.</summary>
    public sealed record InvalidOptions(string Reason) : EngineFailure(Reason);

    /// <summary>The process did not start. The message contains the error from its log.</summary>
    public sealed record LoadFailed(string Reason) : EngineFailure(Reason);

    /// <summary>The process did not start because it could not allocate memory: the estimate was too low, or other programs took the memory. The message contains the error from its log.</summary>
    public sealed record OutOfMemory(string Reason) : EngineFailure(Reason);

    /// <summary>The model, with the context asked for, can never be loaded beside the models that must stay. Nothing was started.</summary>
    public sealed record DoesNotFit(string Reason) : EngineFailure(Reason);

    /// <summary>
    /// The model's process failed repeatedly, or does not start with the launch options of this request. Neither is tried again until <paramref name="RetryAfter"/> has passed.
    /// Requests for the same model with other options are not affected by the latter.
    /// </summary>
    public sealed record CrashLoop(string Reason, TimeSpan RetryAfter) : EngineFailure(Reason);

    /// <summary>gglib is stopping.</summary>
    public sealed record ShuttingDown() : EngineFailure("the server is shutting down");

    /// <summary>No llama-server is installed.</summary>
    public sealed record NoEngine(string Reason) : EngineFailure(Reason);
}
