namespace GGLib.Catalog.Modelfiles;

/// <summary>A <c>MESSAGE</c> line.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">What was said.</param>
public sealed record ModelfileMessage(string Role, string Content);
