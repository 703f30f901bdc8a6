namespace GGLib.Commands;

/// <summary>A line of a verb's help that can be pasted as it is.</summary>
/// <param name="Line">The command line.</param>
/// <param name="Meaning">What it does, in a few words.</param>
internal sealed record Example(string Line, string Meaning);
