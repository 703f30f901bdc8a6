namespace GGLib.Catalog.Creation;

/// <summary>Why a model was not made. Each is an expected end, told with a sentence of its own in <see cref="CreateFailure"/>.</summary>
public enum CreateFault
{
    /// <summary>The recipe makes no sense: nothing to start from, a template that cannot be read, a name that leads out of its folder.</summary>
    BadRecipe,

    /// <summary>The model or blob to start from is not here, and could not be fetched.</summary>
    Missing,

    /// <summary>The files are there, but no model can be made of them.</summary>
    Unusable,

    /// <summary>It could not be quantized.</summary>
    Quantization,

    /// <summary>The disk or the catalog refused.</summary>
    Storage,
}
