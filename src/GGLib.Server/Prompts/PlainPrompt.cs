using GGLib.Engine.Processes;
using GGLib.Server.Inference;
using GGLib.Server.Streaming;

namespace GGLib.Server.Prompts;

/// <summary>A text that goes to the model as the client wrote it: raw, or with a gap to fill in. It is not made shorter when it is too long.</summary>
/// <param name="path">The engine's path.</param>
/// <param name="text">The text, for people.</param>
/// <param name="body">Makes the body for the runner that was given.</param>
internal sealed class PlainPrompt(string path, string text, Func<IRunner, byte[]> body) : IPrompt
{
    public Task<EngineReply> AskAsync(IRunner runner, CancellationToken cancellation) => EngineClient.PostAsync(runner, path, body(runner), cancellation);

    public IAnswer Reading(IAnswer answer) => answer;

    public Task<(string? Text, EngineProblem? Problem)> RenderAsync(IRunner runner, CancellationToken cancellation) => Task.FromResult<(string?, EngineProblem?)>((text, null));

    public Task<int[]?> TokensAsync(IRunner runner, CancellationToken cancellation) => Task.FromResult<int[]?>(null);
}
