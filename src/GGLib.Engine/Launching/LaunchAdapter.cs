namespace GGLib.Engine.Launching;

/// <summary>A LoRA adapter that a model is run with.</summary>
/// <param name="Path">The GGUF file, absolute.</param>
/// <param name="Scale">How strongly it is applied; 1: as it was trained.</param>
public sealed record LaunchAdapter(string Path, double Scale = 1);
