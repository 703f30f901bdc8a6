using System.Text;
using Microsoft.Win32.SafeHandles;

namespace GGLib.Rendering;

/// <summary>
/// Standard output that tells when nobody reads it any more. Console's own keeps quiet about that: an answer piped into <c>head</c> would
/// be generated to its end for nobody.
/// </summary>
internal static class ClosedOutput
{
    private const int BrokenPipe = 32;
    private const int Output = 1;

    /// <summary>For an output that is no terminal.</summary>
    public static TextWriter Open()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.Out;
        }

        try
        {
            var file = new FileStream(new SafeFileHandle(Output, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (file.CanSeek)
            {
                // A regular file, perhaps shared with others who write to it: a stream of our own would write at places of its own.
                file.Dispose();
                return Console.Out;
            }

            return TextWriter.Synchronized(new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // No output at all, or one of a kind that cannot be opened so.
            return Console.Out;
        }
    }

    /// <summary>Whether an error only means that the reader has gone.</summary>
    public static bool Is(IOException error) => !OperatingSystem.IsWindows() && error.HResult == BrokenPipe;
}
