namespace GGLib.Engine.Launching;

/// <summary>One variable of llama-server's environment that is set for it, and why.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Origin">Where the value came from.</param>
public sealed record LaunchVariable(string Name, string Value, ValueOrigin Origin);
