using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>
/// Anthropic's tools that the client runs and that are requested by type only (<c>bash_20250124</c>, <c>text_editor_20250728</c>, <c>memory_20250818</c>): Anthropic's models know their
/// arguments, other models need a schema. Source of names and arguments: Anthropic's tool documentation.
/// </summary>
internal static class ClientTools
{
    private const string Commands = """
        "command":{"type":"string","enum":[@],"description":"What to do."},
        "path":{"type":"string","description":"Absolute path of a file or directory."},
        "file_text":{"type":"string","description":"The content of the new file, for create."},
        "old_str":{"type":"string","description":"The text to replace, for str_replace. It must occur exactly once."},
        "insert_line":{"type":"integer","description":"The line after which text is inserted, for insert; 0 for the beginning."},
        "view_range":{"type":"array","items":{"type":"integer"},"description":"First and last line to show, for view; -1 as the last line for the end."},
        """;

    private static readonly ToolDefinition Bash = Of("bash", "Runs a command in a bash shell that keeps its state between calls.", """
        {"type":"object","properties":{
        "command":{"type":"string","description":"The command to run."},
        "restart":{"type":"boolean","description":"True to restart the shell instead of running a command."}}}
        """);

    private static readonly ToolDefinition Editor = Of(
        "str_replace_based_edit_tool",
        "Views, creates and edits text files.",
        "{\"type\":\"object\",\"properties\":{" + Commands.Replace("@", """ "view","create","str_replace","insert" """.Trim(), StringComparison.Ordinal) + """
        "new_str":{"type":"string","description":"The replacement, for str_replace."},
        "insert_text":{"type":"string","description":"The text to insert, for insert."}},
        "required":["command","path"]}
        """);

    // The first versions of the editor can undo, and take the inserted text from new_str.
    private static readonly ToolDefinition FirstEditor = Of(
        "str_replace_editor",
        "Views, creates and edits text files.",
        "{\"type\":\"object\",\"properties\":{" + Commands.Replace("@", """ "view","create","str_replace","insert","undo_edit" """.Trim(), StringComparison.Ordinal) + """
        "new_str":{"type":"string","description":"The replacement for str_replace, or the text to insert for insert."}},
        "required":["command","path"]}
        """);

    private static readonly ToolDefinition Memory = Of("memory", "Keeps notes in files below /memories. View the directory before a task, and save what later conversations need.", """
        {"type":"object","properties":{
        "command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"],"description":"What to do."},
        "path":{"type":"string","description":"Path of a file or directory below /memories."},
        "file_text":{"type":"string","description":"The content of the new file, for create."},
        "old_str":{"type":"string","description":"The text to replace, for str_replace. It must occur exactly once."},
        "new_str":{"type":"string","description":"The replacement, for str_replace."},
        "insert_line":{"type":"integer","description":"The line after which text is inserted, for insert; 0 for the beginning."},
        "insert_text":{"type":"string","description":"The text to insert, for insert."},
        "view_range":{"type":"array","items":{"type":"integer"},"description":"First and last line to show, for view."},
        "old_path":{"type":"string","description":"The present path, for rename."},
        "new_path":{"type":"string","description":"The new path, for rename."}},
        "required":["command"]}
        """);

    /// <summary>The definition of a tool type; null for types that Anthropic's servers run, and for computer and browser tools, which local models are not trained for.</summary>
    /// <param name="type">The type with its version.</param>
    /// <param name="name">The name that the client expects in a call; null for the type's usual name.</param>
    public static ToolDefinition? Find(string type, string? name)
    {
        var known = type switch
        {
            _ when type.StartsWith("bash_", StringComparison.Ordinal) => Bash,
            "text_editor_20241022" or "text_editor_20250124" => FirstEditor,
            _ when type.StartsWith("text_editor_", StringComparison.Ordinal) => Editor,
            _ when type.StartsWith("memory_", StringComparison.Ordinal) => Memory,
            _ => null,
        };
        return known is null || string.IsNullOrEmpty(name) ? known : known with { Name = name };
    }

    private static ToolDefinition Of(string name, string description, string schema) => new(name) { Description = description, Parameters = JsonElement.Parse(schema) };
}
