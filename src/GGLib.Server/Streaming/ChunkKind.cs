namespace GGLib.Server.Streaming;

/// <summary>What an event of the engine's stream was.</summary>
internal enum ChunkKind
{
    /// <summary>A piece of the answer, perhaps an empty one.</summary>
    Piece,

    /// <summary>The mark of the end.</summary>
    Done,

    /// <summary>The engine reported a failure; the sink has it.</summary>
    Error,

    /// <summary>Not what llama-server sends.</summary>
    Malformed,
}
