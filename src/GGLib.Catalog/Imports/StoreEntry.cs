namespace GGLib.Catalog.Imports;

/// <summary>A model as its store describes it.</summary>
/// <param name="Name">The name it gets.</param>
/// <param name="Path">The weights, of a split model the first part.</param>
/// <param name="Projector">How it comes to its projector.</param>
/// <param name="Profile">What the store knows beside the files.</param>
internal sealed record StoreEntry(ModelName Name, string Path, ProjectorChoice Projector, ModelProfile Profile);
