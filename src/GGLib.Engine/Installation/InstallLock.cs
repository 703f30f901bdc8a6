namespace GGLib.Engine.Installation;

/// <summary>Lets one installer at a time into the engine folder, over threads and processes. The lock ends with its owner, however that ends.</summary>
internal static class InstallLock
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for the lock; <paramref name="onWait"/> is called once, when another holds it.</summary>
    public static async Task<FileStream> AcquireAsync(string file, TimeProvider time, Action onWait, CancellationToken cancellationToken)
    {
        for (var waited = false; ; waited = true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException error) when (IsHeld(error))
            {
                if (!waited)
                {
                    onWait();
                }
            }

            // File locks of other processes raise no event anywhere: asking again is the only portable way.
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION. Anything else, such as a read-only disk, would be waited for in vain.</summary>
    private static bool IsHeld(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);
}
