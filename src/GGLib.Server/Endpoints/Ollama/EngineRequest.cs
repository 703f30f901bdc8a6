using GGLib.Engine.Processes;

namespace GGLib.Server.Endpoints.Ollama;

/// <summary>What the engine is asked.</summary>
/// <param name="Path">The engine's path.</param>
/// <param name="Body">Makes the body for the runner that was given.</param>
internal sealed record EngineRequest(string Path, Func<IRunner, byte[]> Body)
{
    /// <summary>The chat to render when the engine cannot constrain its answer on the chat endpoint; null when there is no second way.</summary>
    public byte[]? Template { get; init; }
}
