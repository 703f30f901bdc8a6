namespace GGLib.Catalog.Imports;

/// <summary>Reads a file that should be small.</summary>
internal static class SmallFile
{
    /// <summary>The whole file.</summary>
    /// <param name="path">The file, through links.</param>
    /// <param name="most">More bytes than this are not read.</param>
    /// <param name="problem">Why there is nothing: the end of a sentence that begins with what the file is.</param>
    public static byte[]? Read(string path, int most, out string problem)
    {
        problem = "is not there";
        try
        {
            if (FileStamp.Of(path) is not { } stamp)
            {
                return null;
            }

            // Pipes and devices have no length, and opening one could wait for ever.
            if (stamp.SizeBytes == 0)
            {
                problem = "is empty";
                return null;
            }

            problem = $"is larger than {most} bytes";
            if (stamp.SizeBytes > most)
            {
                return null;
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var bytes = new byte[stamp.SizeBytes + 1];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);

            // One byte more than it said it had: it grows, and is not done.
            problem = "is being written";
            return read == bytes.Length ? null : bytes[..read];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"cannot be read: {exception.Message}";
            return null;
        }
    }
}
