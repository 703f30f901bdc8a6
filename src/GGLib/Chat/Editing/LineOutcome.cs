namespace GGLib.Chat.Editing;

/// <summary>How the reading of a line ended.</summary>
internal enum LineOutcome
{
    Entered,

    /// <summary>Ctrl-C.</summary>
    Interrupted,

    /// <summary>Ctrl-D on an empty line, or no terminal any more.</summary>
    Ended,
}
