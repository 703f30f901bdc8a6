namespace GGLib.Catalog.Registries.Downloads;

/// <summary>What an error of the disk means to the user.</summary>
internal static class StorageFailure
{
    private const int UnixNoSpace = 28;
    private const int UnixQuota = 122;
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    private const int LinuxLocked = 11;
    private const int MacLocked = 35;
    private const int WindowsInUse = unchecked((int)0x80070020);

    /// <summary>Whether an error only says that somebody else has the file open.</summary>
    public static bool IsInUse(IOException error) => error.HResult is LinuxLocked or MacLocked or WindowsInUse;

    public static bool IsFull(IOException error) => error.HResult is UnixNoSpace or UnixQuota or WindowsHandleDiskFull or WindowsDiskFull;

    public static TransferFailure Of(Exception error, string folder) => error is IOException io && IsFull(io)
        ? new TransferFailure(TransferFault.DiskFull, $"The disk with {folder} is full. What was fetched is kept: free some space and pull again.")
        : new TransferFailure(TransferFault.Storage, $"{folder} cannot be written: {error.Message}");
}
