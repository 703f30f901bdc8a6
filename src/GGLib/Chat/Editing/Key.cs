namespace GGLib.Chat.Editing;

/// <param name="Kind">What it asks.</param>
/// <param name="Text">The characters of <see cref="KeyKind.Text"/> and <see cref="KeyKind.Paste"/>.</param>
internal readonly record struct Key(KeyKind Kind, string Text = "");
