using System.Diagnostics;

namespace FakeLlama.Streaming;

/// <summary>Ends the process as a crash in native code does: no handler runs, nothing is flushed, sockets just close.</summary>
internal static class Death
{
    public static void Now(string lastWords)
    {
        Console.Error.WriteLine(lastWords);
        Process.GetCurrentProcess().Kill();
    }
}
