using GGLib.Bench.Processes;

namespace GGLib.Bench.Storm;

/// <summary>A server, and where it listens. Disposing ends it.</summary>
internal sealed record RunningServer(ServerProcess Server, int Port) : IDisposable
{
    public void Dispose() => Server.Dispose();
}
