using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>Reads the content blocks that become parts of a message: text, images, documents and search results.</summary>
internal static class ContentBlockReader
{
    /// <summary>Adds the parts of a block.</summary>
    /// <returns>False when the block is of another type.</returns>
    public static bool TryRead(JsonElement block, string type, FieldPath path, RequestFaults faults, List<ContentPart> parts)
    {
        switch (type)
        {
            case "text":
                AddText(parts, block.Text("text", path, faults));
                return true;
            case "image":
                ReadImage(block, path, faults, parts);
                return true;
            case "document":
                ReadDocument(block, path, faults, parts);
                return true;
            case "search_result":
                ReadSearchResult(block, path, faults, parts);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Adds a text; nothing when it is null or empty.</summary>
    public static void AddText(List<ContentPart> parts, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            parts.Add(new ContentPart.Text(text));
        }
    }

    /// <summary>The blocks of a content value with their types; nothing for an absent value. Errors are added to <paramref name="faults"/>.</summary>
    public static IEnumerable<(JsonElement Block, string Type, FieldPath Path)> BlocksOf(JsonElement? content, FieldPath path, RequestFaults faults)
    {
        if (content is not { ValueKind: JsonValueKind.Array } array)
        {
            if (content is not null)
            {
                faults.Add(path.At("content"), "must be a string or an array of content blocks");
            }

            yield break;
        }

        var index = 0;
        foreach (var block in array.EnumerateArray())
        {
            var at = path.Content(index++);
            if (block.ValueKind is not JsonValueKind.Object)
            {
                faults.Add(at, "must be an object");
            }
            else if (block.RequiredText("type", at, faults) is { Length: > 0 } type)
            {
                yield return (block, type, at);
            }
        }
    }

    private static void ReadImage(JsonElement block, FieldPath path, RequestFaults faults, List<ContentPart> parts)
    {
        if (Source(block, path, faults) is not var (source, type))
        {
            return;
        }

        switch (type)
        {
            case "base64":
                var data = source.RequiredText("data", path.At("source"), faults);
                parts.Add(new ContentPart.Image(
                    data.StartsWith("data:", StringComparison.Ordinal) ? data : $"data:{source.Text("media_type", path.At("source"), faults) ?? "image/png"};base64,{data}"));
                break;
            case "url":
                parts.Add(new ContentPart.Image(source.RequiredText("url", path.At("source"), faults)));
                break;
            default:
                parts.Add(new ContentPart.Unsupported("image"));
                break;
        }
    }

    private static void ReadDocument(JsonElement block, FieldPath path, RequestFaults faults, List<ContentPart> parts)
    {
        if (Source(block, path, faults) is not var (source, type))
        {
            return;
        }

        if (type is not ("text" or "content"))
        {
            parts.Add(new ContentPart.Unsupported("document"));
            return;
        }

        var heading = Lines(block.Text("title", path, faults), block.Text("context", path, faults));
        if (type is "text" || source.Field("content") is { ValueKind: JsonValueKind.String })
        {
            AddText(parts, Lines(heading, source.Text(type is "text" ? "data" : "content", path.At("source"), faults)));
            return;
        }

        AddText(parts, heading);
        ReadParts(source.Field("content"), path, faults, parts);
    }

    private static void ReadSearchResult(JsonElement block, FieldPath path, RequestFaults faults, List<ContentPart> parts)
    {
        var heading = Lines(block.Text("title", path, faults), block.Text("source", path, faults));
        if (block.Field("content") is { ValueKind: JsonValueKind.String } text)
        {
            AddText(parts, Lines(heading, text.GetString()));
            return;
        }

        var content = new List<ContentPart>();
        ReadParts(block.Field("content"), path, faults, content);
        AddText(parts, Lines([heading, .. content.OfType<ContentPart.Text>().Select(static part => part.Value)]));
    }

    private static void ReadParts(JsonElement? content, FieldPath path, RequestFaults faults, List<ContentPart> parts)
    {
        foreach (var (block, type, at) in BlocksOf(content, path, faults))
        {
            // Anthropic allows only these two, so nothing nests any deeper.
            if (type is not ("text" or "image") || !TryRead(block, type, at, faults, parts))
            {
                faults.AddSentence(at, $"content blocks of type '{type}' are not supported here");
            }
        }
    }

    private static (JsonElement Source, string Type)? Source(JsonElement block, FieldPath path, RequestFaults faults)
    {
        if (block.Object("source", path, faults) is not { } source)
        {
            faults.Add(path.At("source"), "is required");
            return null;
        }

        var type = source.RequiredText("type", path.At("source"), faults);
        return type.Length == 0 ? null : (source, type);
    }

    private static string? Lines(params string?[] texts)
    {
        var lines = texts.Where(static text => !string.IsNullOrEmpty(text));
        return string.Join('\n', lines);
    }
}
