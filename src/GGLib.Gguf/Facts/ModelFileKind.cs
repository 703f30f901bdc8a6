namespace GGLib.Gguf;

/// <summary>What a GGUF file is for.</summary>
public enum ModelFileKind
{
    /// <summary>A model that can be loaded by itself, for text or for embeddings.</summary>
    Model,

    /// <summary>The eyes and ears of another model (an mmproj file): loaded beside it, never alone.</summary>
    Projector,

    /// <summary>A LoRA or control adapter: loaded on top of another model.</summary>
    Adapter,

    /// <summary>Something else in the same format, such as an importance matrix or a bare vocabulary.</summary>
    Other,
}
