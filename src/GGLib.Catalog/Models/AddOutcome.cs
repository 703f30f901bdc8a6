namespace GGLib.Catalog;

/// <summary>How adding a model ended.</summary>
public enum AddOutcome
{
    /// <summary>The model is new in the catalog.</summary>
    Added,

    /// <summary>The name was in the catalog already: its file was read again, or replaced because it was gone or replacing was asked for.</summary>
    Replaced,

    /// <summary>There is no such file, or a part of a split model is not there.</summary>
    NotFound,

    /// <summary>The file is there, but is no GGUF file that can be read.</summary>
    NotGguf,

    /// <summary>A GGUF file, but no model by itself: a projector, an adapter or the like.</summary>
    NotAModel,

    /// <summary>The name asked for is not a valid one.</summary>
    InvalidName,

    /// <summary>Another file has the name.</summary>
    NameTaken,
}
