namespace GGLib.Engine.Processes;

/// <summary>One line a child wrote.</summary>
/// <param name="Number">Its place since the child began, from 1.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Text">The whole line, without its end.</param>
public readonly record struct ChildLogLine(long Number, ChildLogLevel Level, string Text);
