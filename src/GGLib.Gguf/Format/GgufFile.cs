using System.Collections.Immutable;

namespace GGLib.Gguf;

/// <summary>The header of a GGUF file: its metadata and its list of tensors. Tensor data is never read. Immutable.</summary>
public sealed class GgufFile
{
    /// <summary>The alignment of tensor data where the file does not name one, in bytes.</summary>
    public const int DefaultAlignment = 32;

    internal GgufFile()
    {
    }

    /// <summary>The version of the format: 2 or 3.</summary>
    public required int Version { get; init; }

    /// <summary>All keys and values, in the order of the file.</summary>
    public required GgufMetadata Metadata { get; init; }

    /// <summary>All tensors, in the order of the file.</summary>
    public required ImmutableArray<GgufTensor> Tensors { get; init; }

    /// <summary>What tensor data is aligned to, in bytes: <c>general.alignment</c>, else 32.</summary>
    public required int Alignment { get; init; }

    /// <summary>Where tensor data begins, in bytes from the beginning of the file.</summary>
    public required long TensorDataOffset { get; init; }

    /// <summary>The elements of all tensors together, which is the number of a model's parameters.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Whether the vocabulary has the three tokens of fill-in-the-middle; seen while it was read, kept or not.</summary>
    public required bool HasFillInTokens { get; init; }

    /// <summary>Reads a file's header.</summary>
    /// <exception cref="GgufException">The file is not a GGUF file that can be read.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    public static GgufFile Read(string path, GgufReadOptions options = GgufReadOptions.None)
    {
        // Opening a named pipe would wait for a writer; pipes and devices have no length.
        var file = new FileInfo(path);
        if (file.Exists && (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file) is { Exists: true, Length: 0 })
        {
            return Read(Stream.Null, options);
        }

        // The reader buffers by itself; a second buffer below it would only copy.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return Read(stream, options);
    }

    /// <summary>Reads a header from a stream's current position, which counts as byte 0; the stream is left open at any position.</summary>
    /// <exception cref="GgufException">The bytes are not a GGUF file that can be read.</exception>
    /// <exception cref="ArgumentException">The stream cannot seek: every length is checked against the bytes that remain.</exception>
    public static GgufFile Read(Stream stream, GgufReadOptions options = GgufReadOptions.None)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            throw new ArgumentException("The stream must be able to seek.", nameof(stream));
        }

        using var input = new GgufInput(stream);
        return new GgufReader(input, options).Read();
    }
}
