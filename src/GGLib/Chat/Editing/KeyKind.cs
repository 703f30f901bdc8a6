namespace GGLib.Chat.Editing;

/// <summary>What a key asks of the line.</summary>
internal enum KeyKind
{
    /// <summary>Characters to insert.</summary>
    Text,

    /// <summary>Pasted characters, which may have line ends.</summary>
    Paste,
    Enter,

    /// <summary>A line end that does not send: Alt-Enter or Ctrl-J.</summary>
    NewLine,
    Backspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    Up,
    Down,
    Home,
    End,

    /// <summary>Ctrl-U.</summary>
    KillToStart,

    /// <summary>Ctrl-K.</summary>
    KillToEnd,

    /// <summary>Ctrl-W.</summary>
    KillWord,

    /// <summary>Ctrl-L.</summary>
    ClearScreen,

    /// <summary>Ctrl-C.</summary>
    Interrupt,

    /// <summary>Ctrl-D: ends the input on an empty line, else deletes.</summary>
    EndOfInput,
}
