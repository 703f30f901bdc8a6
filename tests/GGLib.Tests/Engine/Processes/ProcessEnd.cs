using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Processes;

/// <summary>Waiting for processes that are nobody's child here.</summary>
internal static class ProcessEnd
{
    /// <summary>Returns when the process is gone or a zombie.</summary>
    public static async Task GoneAsync(this ProcessIdentity process)
    {
        var limit = Limit.Token;
        while (process.IsRunning)
        {
            limit.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
