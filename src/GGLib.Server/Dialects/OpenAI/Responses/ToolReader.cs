using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>. Tools that OpenAI runs itself, and kinds of tools that gglib does not know, are ignored. For one request; not thread-safe.</summary>
/// <param name="fields">Reads fields and keeps the first error.</param>
/// <param name="names">Takes the declared tools.</param>
internal sealed class ToolReader(RequestFields fields, ToolNames names)
{
    private readonly List<ToolDefinition> _tools = [];
    private bool _hasIgnored;

    /// <summary>The tools that the model sees.</summary>
    public List<ToolDefinition> ReadTools(JsonElement body)
    {
        if (fields.Array(body, "", "tools") is { } tools)
        {
            ReadAll(tools, "tools", space: null);
        }

        return _tools;
    }

    /// <summary>The choice, by the model's names. Call it after <see cref="ReadTools"/>.</summary>
    public ToolChoice ReadChoice(JsonElement body)
    {
        if (RequestFields.Any(body, "tool_choice") is not { } choice)
        {
            return ToolChoice.Auto;
        }

        switch (choice.ValueKind)
        {
            case JsonValueKind.String:
                return ReadMode(choice.GetString()!, "tool_choice", "'none', 'auto', and 'required'");
            case JsonValueKind.Object:
                return ReadChoiceObject(choice);
            default:
                fields.Mismatch("tool_choice", choice, "a string or an object");
                return ToolChoice.Auto;
        }
    }

    private void ReadAll(JsonElement tools, string path, string? space)
    {
        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            ReadTool(tool, $"{path}[{index++}]", space);
        }
    }

    private void ReadTool(JsonElement tool, string path, string? space)
    {
        if (tool.ValueKind is not JsonValueKind.Object)
        {
            fields.Mismatch(path, tool, "an object");
            return;
        }

        switch (fields.Text(tool, path, "type"))
        {
            case null:
                fields.Missing(path + ".type");
                break;
            case "function":
                // Chat Completions nests the definition; clients that switch APIs still send that form.
                var isNested = RequestFields.Any(tool, "function") is { ValueKind: JsonValueKind.Object };
                var function = isNested ? tool.GetProperty("function"u8) : tool;
                Declare(function, isNested ? path + ".function" : path, space, isCustom: false);
                break;
            case "custom":
                Declare(tool, path, space, isCustom: true);
                break;
            case "namespace" when space is null:
                if (NameOf(tool, path) is { } name && fields.Array(tool, path, "tools") is { } inner)
                {
                    ReadAll(inner, path + ".tools", name);
                }

                break;
            default:
                _hasIgnored = true;
                break;
        }
    }

    private void Declare(JsonElement tool, string path, string? space, bool isCustom)
    {
        var description = fields.Text(tool, path, "description");
        if (NameOf(tool, path) is not { } own || names.Declare(new(own, space, isCustom)) is not { } name)
        {
            return;
        }

        _tools.Add(isCustom
            ? new(name) { Description = CustomToolInput.Describe(description, RequestFields.Any(tool, "format")), Parameters = CustomToolInput.Parameters }
            : new(name) { Description = description, Parameters = RequestFields.Any(tool, "parameters") });
    }

    private string? NameOf(JsonElement owner, string path)
    {
        if (fields.Text(owner, path, "name") is { Length: > 0 } name)
        {
            return name;
        }

        fields.Missing(path + ".name");
        return null;
    }

    private ToolChoice ReadMode(string mode, string path, string allowed)
    {
        switch (mode)
        {
            case "none":
                return ToolChoice.None;
            case "auto":
                return ToolChoice.Auto;
            case "required" when _tools.Count > 0:
                return ToolChoice.Required;
            case "required" when _hasIgnored:
                return ToolChoice.Auto;
            case "required":
                fields.Fail("Tool choice 'required' must be specified with 'tools' parameter.", path);
                return ToolChoice.Auto;
            default:
                fields.NotAllowed(path, mode, allowed);
                return ToolChoice.Auto;
        }
    }

    private ToolChoice ReadChoiceObject(JsonElement choice)
    {
        switch (fields.Text(choice, "tool_choice", "type"))
        {
            case null:
                fields.Missing("tool_choice.type");
                return ToolChoice.Auto;
            case "function" or "custom":
                return FindTool(choice, "tool_choice") is { } name ? ToolChoice.Of(name) : ToolChoice.Auto;
            case "allowed_tools":
                return ReadAllowed(choice);
            default:
                // A tool of OpenAI's own, which is not there to be called.
                return ToolChoice.Auto;
        }
    }

    private ToolChoice ReadAllowed(JsonElement choice)
    {
        // Chat Completions nests this object too.
        var allowed = RequestFields.Any(choice, "allowed_tools") is { ValueKind: JsonValueKind.Object } nested ? nested : choice;
        if (fields.Array(allowed, "tool_choice", "tools") is not { } tools)
        {
            fields.Missing("tool_choice.tools");
            return ToolChoice.Auto;
        }

        var found = new List<string>();
        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            var path = $"tool_choice.tools[{index++}]";
            switch (fields.Text(tool, path, "type"))
            {
                case "function" or "custom":
                    found.AddRange(FindTool(tool, path) is { } name ? [name] : []);
                    break;
                case "namespace":
                    found.AddRange(fields.Text(tool, path, "name") is { } space ? names.In(space) : []);
                    break;
            }
        }

        var mode = ReadMode(fields.Text(allowed, "tool_choice", "mode") ?? "auto", "tool_choice.mode", "'auto' and 'required'");
        return found.Count == 0 ? ToolChoice.None : new(mode.Mode, [.. found.Distinct(StringComparer.Ordinal)]);
    }

    private string? FindTool(JsonElement reference, string path)
    {
        var owner = RequestFields.Any(reference, "function") is { ValueKind: JsonValueKind.Object } nested ? nested : reference;
        if (NameOf(owner, path) is not { } name)
        {
            return null;
        }

        if (names.Find(fields.Text(reference, path, "namespace") is { Length: > 0 } space ? space : null, name) is { } found)
        {
            return found;
        }

        fields.Fail($"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice");
        return null;
    }
}
