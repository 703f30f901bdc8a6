using GGLib.Server.Failures;
using GGLib.Server.Streaming;

namespace GGLib.Server.Prompts;

/// <summary>The engine's response to a prompt, or why there is none: exactly one of the two.</summary>
/// <param name="Response">The response. The caller disposes it.</param>
/// <param name="Failure">Why there is none.</param>
internal sealed record EngineAnswer(HttpResponseMessage? Response, InferenceFailure? Failure)
{
    /// <summary>Whether the response is already in the client's format, so that its bytes can be relayed.</summary>
    public bool IsRelayable { get; init; }

    /// <summary>Wraps the answer's writer with a reader of thinking and tool calls where the engine does not separate them itself.</summary>
    public Func<IAnswer, IAnswer> Reader { get; init; } = static answer => answer;

    /// <summary>Returns the prompt's tokens; null when they are unknown.</summary>
    public Func<CancellationToken, Task<int[]?>> PromptTokens { get; init; } = static _ => Task.FromResult<int[]?>(null);

    /// <summary>Asks again in another way if the engine cannot parse what the model wrote (<see cref="InferenceFailure.AnswerRejected"/>); null if there is none.</summary>
    public Func<CancellationToken, Task<EngineAnswer>>? SecondWay { get; init; }

    /// <summary>Asks for calls of these tools again, and for nothing else; null if the request's calls are not repaired.</summary>
    public Func<IReadOnlyCollection<string>, CancellationToken, Task<EngineAnswer>>? ForcedCall { get; init; }

    public static implicit operator EngineAnswer(InferenceFailure failure) => new(null, failure);
}
