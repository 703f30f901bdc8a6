using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>Reads the content of messages and the output of tools: a string, or an array of parts. All kinds of text parts are accepted in every role, because clients send answers back in many forms.</summary>
internal static class ContentReader
{
    private const string Types = "'input_text', 'input_image', 'input_audio', 'input_file', 'output_text', 'refusal', 'reasoning_text', and 'summary_text'";

    /// <summary>The parts of a field; none when it is absent.</summary>
    public static List<ContentPart> Read(RequestFields fields, JsonElement owner, string path, string name)
    {
        var parts = new List<ContentPart>();
        if (RequestFields.Any(owner, name) is not { } content)
        {
            return parts;
        }

        path = RequestFields.Join(path, name);
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                parts.AddRange(ContentPart.Of(content.GetString()!));
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var part in content.EnumerateArray())
                {
                    if (ReadPart(fields, part, $"{path}[{index++}]") is { } read)
                    {
                        parts.Add(read);
                    }
                }

                break;
            default:
                fields.Mismatch(path, content, "a string or an array of content parts");
                break;
        }

        return parts;
    }

    /// <summary>The joined text of a field's text parts; empty when it is absent.</summary>
    public static string ReadText(RequestFields fields, JsonElement owner, string path, string name) =>
        string.Concat(Read(fields, owner, path, name).OfType<ContentPart.Text>().Select(static part => part.Value));

    private static ContentPart? ReadPart(RequestFields fields, JsonElement part, string path)
    {
        if (part.ValueKind is not JsonValueKind.Object)
        {
            if (part.ValueKind is not JsonValueKind.Null)
            {
                fields.Mismatch(path, part, "an object");
            }

            return null;
        }

        switch (fields.Text(part, path, "type"))
        {
            case null or "input_text" or "output_text" or "text" or "reasoning_text" or "summary_text":
                return TextOf(fields.Text(part, path, "text"));
            case "refusal":
                return TextOf(fields.Text(part, path, "refusal"));
            case "input_image" or "image_url":
                return ReadImage(fields, part, path);
            case "input_audio":
                return ReadAudio(fields, part, path);
            case "input_file" or "file":
                return new ContentPart.Unsupported("input_file");
            case var type:
                fields.NotAllowed(path + ".type", type, Types);
                return null;
        }
    }

    private static ContentPart.Text? TextOf(string? text) => string.IsNullOrEmpty(text) ? null : new(text);

    private static ContentPart.Image? ReadImage(RequestFields fields, JsonElement part, string path)
    {
        path += ".image_url";
        var address = RequestFields.Any(part, "image_url");
        switch (address?.ValueKind)
        {
            case JsonValueKind.String:
                return new(address.Value.GetString()!);
            case JsonValueKind.Object when fields.Text(address.Value, path, "url") is { } url:
                return new(url);
            case JsonValueKind.Object:
                fields.Missing(path + ".url");
                return null;
            case null when RequestFields.Any(part, "file_id") is not null:
                fields.Fail("Images cannot be referenced by 'file_id': send them in 'image_url' as a data URL.", path[..^"image_url".Length] + "file_id");
                return null;
            case null:
                fields.Missing(path);
                return null;
            default:
                fields.Mismatch(path, address.Value, "a string");
                return null;
        }
    }

    private static ContentPart.Audio? ReadAudio(RequestFields fields, JsonElement part, string path)
    {
        path += ".input_audio";
        if (fields.Object(part, path[..^".input_audio".Length], "input_audio") is not { } audio)
        {
            fields.Missing(path);
            return null;
        }

        if (fields.Text(audio, path, "data") is not { } data)
        {
            fields.Missing(path + ".data");
            return null;
        }

        return new(data, fields.Text(audio, path, "format") ?? "");
    }
}
