namespace GGLib.Catalog;

/// <summary>What a file is to its model.</summary>
public enum FileRole
{
    /// <summary>The model itself, or a part of it.</summary>
    Weights,

    /// <summary>The projector (mmproj) that gives it eyes or ears.</summary>
    Projector,

    /// <summary>A LoRA adapter.</summary>
    Adapter,

    /// <summary>A small model that drafts for it.</summary>
    Draft,
}
