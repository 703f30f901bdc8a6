namespace GGLib.Engine.Installation;

/// <summary>The content of <c>current.json</c>: which install is in use.</summary>
internal sealed record CurrentEngine(string Id);
