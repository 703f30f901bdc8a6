using GGLib.Engine.Processes;
using GGLib.Server.Inference;
using GGLib.Server.Streaming;

namespace GGLib.Server.Prompts;

/// <summary>What a runner is asked for one request. Knows after each asking what it has asked; not thread-safe.</summary>
internal interface IPrompt
{
    /// <summary>Asks. The caller disposes the response.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task<EngineReply> AskAsync(IRunner runner, CancellationToken cancellation);

    /// <summary>Who reads thinking and tool calls out of the answer to what was asked last; the answer itself where the engine has done it.</summary>
    IAnswer Reading(IAnswer answer);

    /// <summary>The prompt's text as the model would get it; nothing is asked.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task<(string? Text, EngineProblem? Problem)> RenderAsync(IRunner runner, CancellationToken cancellation);

    /// <summary>The tokens of what was asked last; null when they cannot be told.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task<int[]?> TokensAsync(IRunner runner, CancellationToken cancellation);
}
