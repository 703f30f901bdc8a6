namespace GGLib.Catalog.Modelfiles;

/// <summary>A <c>PARAMETER</c> line.</summary>
/// <param name="Name">The option's name, in lower case.</param>
/// <param name="Value">As written.</param>
public sealed record ModelfileParameter(string Name, string Value);
