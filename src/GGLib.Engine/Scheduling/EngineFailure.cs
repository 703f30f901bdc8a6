namespace GGLib.Engine.Scheduling;

/// <summary>Why no runner was handed out. Each becomes a response in one place per dialect.</summary>
public abstract record EngineFailure(string Message)
{
    /// <summary>More requests wait than may (<c>OLLAMA_MAX_QUEUE</c>).</summary>
    public sealed record QueueFull() : EngineFailure("server busy, please try again.  maximum pending requests exceeded");

    /// <summary>The process did not come up. The message carries the last error line of its log.</summary>
    public sealed record LoadFailed(string Reason) : EngineFailure(Reason);

    /// <summary>The model, with the context asked for, can never be loaded beside what must stay.</summary>
    public sealed record DoesNotFit(string Reason) : EngineFailure(Reason);

    /// <summary>The model's process has failed again and again; it is not started before <paramref name="RetryAfter"/> is over.</summary>
    public sealed record CrashLoop(string Reason, TimeSpan RetryAfter) : EngineFailure(Reason);

    /// <summary>gglib is ending.</summary>
    public sealed record ShuttingDown() : EngineFailure("the server is shutting down");

    /// <summary>There is no llama-server to run.</summary>
    public sealed record NoEngine(string Reason) : EngineFailure(Reason);
}
