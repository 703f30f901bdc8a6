using GGLib.Engine.Processes;
using GGLib.Server.Failures;
using GGLib.Server.Inference;

namespace GGLib.Server.Prompts;

/// <summary>A prepared request's prompt and the engine endpoint that answers it. Stateless: it may be asked again on another runner.</summary>
internal abstract class Prompt
{
    /// <summary>Sends the prompt to the engine.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public abstract Task<EngineAnswer> AskAsync(IRunner runner, CancellationToken cancellation);

    /// <summary>Renders the prompt's text without asking for an answer.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public abstract Task<(string? Text, InferenceFailure? Failure)> RenderAsync(IRunner runner, CancellationToken cancellation);

    /// <summary>Counts the prompt's tokens without asking for an answer.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public virtual async Task<(long? Count, InferenceFailure? Failure)> CountAsync(IRunner runner, CancellationToken cancellation)
    {
        var (text, failure) = await RenderAsync(runner, cancellation).ConfigureAwait(false);
        if (text is null)
        {
            return (null, failure);
        }

        var (tokens, unreadable) = await EngineText.TokenizeAsync(runner, text, isPrompt: true, cancellation).ConfigureAwait(false);
        return (tokens?.Length, unreadable);
    }
}
