using System.Text.Json;

namespace GGLib.Configuration.Files;

/// <summary>A JSON value that knows where it stands.</summary>
/// <param name="Kind">Its type.</param>
/// <param name="Text">A string's text; a number or anything else as it is written.</param>
/// <param name="Position">Where it begins.</param>
internal sealed record FileValue(JsonValueKind Kind, string Text, FilePosition Position)
{
    /// <summary>An object's members in their order; no name is there twice.</summary>
    public IReadOnlyList<FileMember> Members { get; init; } = [];

    /// <summary>An array's items.</summary>
    public IReadOnlyList<FileValue> Items { get; init; } = [];

    /// <summary>The value as a message quotes it.</summary>
    public string Shown => Kind switch
    {
        JsonValueKind.String => $"\"{Text}\"",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => Text,
    };
}

/// <summary>A name and its value.</summary>
/// <param name="Name">The name.</param>
/// <param name="Position">Where the name stands.</param>
/// <param name="Value">The value.</param>
internal sealed record FileMember(string Name, FilePosition Position, FileValue Value);
