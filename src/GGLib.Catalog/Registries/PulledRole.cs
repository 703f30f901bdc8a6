namespace GGLib.Catalog.Registries;

/// <summary>What a file of a pulled model is for.</summary>
public enum PulledRole
{
    /// <summary>Something that is kept and not used.</summary>
    Other,

    /// <summary>The model itself, or a part of it.</summary>
    Weights,

    /// <summary>The projector (mmproj) that gives it eyes or ears.</summary>
    Projector,

    /// <summary>A LoRA adapter.</summary>
    Adapter,

    /// <summary>The prompt template.</summary>
    Template,

    /// <summary>The system prompt.</summary>
    System,

    /// <summary>The options, as a JSON object.</summary>
    Parameters,

    /// <summary>Messages that precede every conversation, as JSON.</summary>
    Messages,

    /// <summary>A licence.</summary>
    License,

    /// <summary>The manifest's configuration, as JSON.</summary>
    Config,
}
