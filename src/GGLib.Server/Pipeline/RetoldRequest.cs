using GGLib.Server.Inference;
using GGLib.Server.Streaming;

namespace GGLib.Server.Pipeline;

/// <summary>A request that the engine is asked in another form than the client's, always as a stream; its answer is told by us.</summary>
/// <param name="Path">The engine's path.</param>
/// <param name="Body">The body.</param>
internal sealed record RetoldRequest(string Path, byte[] Body)
{
    /// <summary>Why it cannot be asked; null when it can.</summary>
    public EngineProblem? Problem { get; init; }

    /// <summary>Who reads thinking and tool calls out of the answer; the answer itself where the engine has done it.</summary>
    public Func<IAnswer, IAnswer> Reading { get; init; } = static answer => answer;
}
