namespace GGLib.Server.Endpoints.Relaying;

/// <summary>A request that the engine is asked in another form than the client's, always as a stream; its answer is told by us.</summary>
/// <param name="Path">The engine's path.</param>
/// <param name="Body">The body.</param>
internal sealed record RetoldRequest(string Path, byte[] Body);
