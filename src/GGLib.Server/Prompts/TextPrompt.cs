using GGLib.Engine.Processes;
using GGLib.Server.Failures;
using GGLib.Server.Inference;

namespace GGLib.Server.Prompts;

/// <summary>A text that reaches the model as the client wrote it: raw, or with a gap to fill in. It is never truncated.</summary>
/// <param name="path">The engine's path.</param>
/// <param name="text">The prompt's text, for display.</param>
/// <param name="isRelayable">Whether the engine answers in the client's format.</param>
/// <param name="compose">Composes the body for a runner.</param>
internal sealed class TextPrompt(string path, string text, bool isRelayable, Func<IRunner, byte[]> compose) : Prompt
{
    public override async Task<EngineAnswer> AskAsync(IRunner runner, CancellationToken cancellation)
    {
        var reply = await EngineClient.PostAsync(runner, path, compose(runner), cancellation).ConfigureAwait(false);
        return new(reply.Response, reply.Failure) { IsRelayable = isRelayable };
    }

    public override Task<(string? Text, InferenceFailure? Failure)> RenderAsync(IRunner runner, CancellationToken cancellation) => Task.FromResult<(string?, InferenceFailure?)>((text, null));
}
