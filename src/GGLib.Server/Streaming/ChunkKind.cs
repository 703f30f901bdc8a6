namespace GGLib.Server.Streaming;

/// <summary>The kind of an event in the engine's stream.</summary>
internal enum ChunkKind
{
    /// <summary>A piece of the answer, possibly empty.</summary>
    Piece,

    /// <summary>The terminating event.</summary>
    Done,

    /// <summary>A failure that the engine reported; the sink received it.</summary>
    Error,

    /// <summary>Not an event of llama-server.</summary>
    Malformed,
}
