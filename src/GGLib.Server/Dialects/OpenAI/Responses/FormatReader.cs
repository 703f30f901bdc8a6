using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>Reads the format of the answer: <c>text.format</c>; else <c>response_format</c> as in Chat Completions or <c>json_schema</c>, which llama-server accepts here too.</summary>
internal static class FormatReader
{
    /// <summary>The format; null for text.</summary>
    public static OutputFormat? Read(RequestFields fields, JsonElement body)
    {
        if (fields.Object(body, "", "text") is { } text)
        {
            _ = fields.Text(text, "text", "verbosity");
            if (fields.Object(text, "text", "format") is { } format)
            {
                return Read(fields, format, "text.format");
            }
        }

        if (fields.Object(body, "", "response_format") is { } chat)
        {
            return Read(fields, chat, "response_format");
        }

        return RequestFields.Any(body, "json_schema") is null ? null : Schema(fields, body, "json_schema", "json_schema");
    }

    private static OutputFormat? Read(RequestFields fields, JsonElement format, string path)
    {
        switch (fields.Text(format, path, "type"))
        {
            case "text":
                return null;
            case "json_object":
                return RequestFields.Any(format, "schema") is null ? OutputFormat.Json : Schema(fields, format, "schema", path + ".schema");
            case "json_schema":
                return RequestFields.Any(format, "json_schema") is { ValueKind: JsonValueKind.Object } nested
                    ? Schema(fields, nested, "schema", path + ".json_schema.schema")
                    : Schema(fields, format, "schema", path + ".schema");
            case null:
                fields.Missing(path + ".type");
                return null;
            case var type:
                fields.NotAllowed(path + ".type", type, "'text', 'json_object', and 'json_schema'");
                return null;
        }
    }

    private static OutputFormat? Schema(RequestFields fields, JsonElement owner, string name, string path)
    {
        switch (RequestFields.Any(owner, name))
        {
            case { ValueKind: JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False } schema:
                return new(schema);
            case { } other:
                fields.Mismatch(path, other, "an object");
                return null;
            default:
                fields.Missing(path);
                return null;
        }
    }
}
