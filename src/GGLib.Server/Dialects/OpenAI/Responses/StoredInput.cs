using System.Text;
using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>Turns the input of a request into the items that are stored with its response: each has an id and the form that OpenAI returns from <c>GET /v1/responses/{id}/input_items</c>.</summary>
internal static class StoredInput
{
    /// <summary>Returns all items that the model reads: those of the previous response, then those of <c>input</c> with references resolved.</summary>
    /// <param name="input">The request's <c>input</c>, already checked; null if absent.</param>
    /// <param name="previous">The response that the request continues; null for none.</param>
    /// <param name="find">Returns a stored item; null if it is unknown.</param>
    public static List<StoredItem> Of(JsonElement? input, StoredResponse? previous, Func<string, StoredItem?> find)
    {
        List<StoredItem> items = previous is null ? [] : [.. previous.Input, .. previous.Output];
        var ids = ResponseIds.New();
        switch (input?.ValueKind)
        {
            case JsonValueKind.String:
                items.Add(Compose(ids, items.Count, "message", writer =>
                {
                    writer.WriteString("role"u8, "user"u8);
                    WriteText(writer, input.Value, isAnswer: false);
                }));
                break;
            case JsonValueKind.Array:
                foreach (var item in input.Value.EnumerateArray().Where(static item => item.ValueKind is JsonValueKind.Object))
                {
                    items.Add(Of(item, ids, items.Count, find));
                }

                break;
        }

        return items;
    }

    /// <summary>Returns the id that an item refers to; null if it is an item itself.</summary>
    public static string? ReferenceOf(JsonElement item)
    {
        var type = Text(item, "type");
        return type is "item_reference" || (type is null && RequestFields.Any(item, "role") is null) ? Text(item, "id") : null;
    }

    private static StoredItem Of(JsonElement item, ResponseIds ids, int index, Func<string, StoredItem?> find)
    {
        if (ReferenceOf(item) is { } reference && find(reference) is { } known)
        {
            return known;
        }

        var type = Text(item, "type") ?? "message";
        return Compose(ids, index, type, writer =>
        {
            var isAnswer = Text(item, "role") is "assistant";
            foreach (var field in item.EnumerateObject())
            {
                if (field.NameEquals("content"u8) && type is "message" && field.Value.ValueKind is JsonValueKind.String)
                {
                    WriteText(writer, field.Value, isAnswer);
                }
                else if (!field.NameEquals("id"u8) && !field.NameEquals("type"u8) && !field.NameEquals("status"u8))
                {
                    field.WriteTo(writer);
                }
            }
        }, Text(item, "id"), find);
    }

    private static StoredItem Compose(ResponseIds ids, int index, string type, Action<Utf8JsonWriter> writeFields, string? givenId = null, Func<string, StoredItem?>? find = null)
    {
        var id = givenId is { Length: > 0 } ? givenId : Encoding.ASCII.GetString(ids.Item(PrefixOf(type), index));
        return new(id, WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, id);
            writer.WriteString("type"u8, type);
            writer.WriteString("status"u8, "completed"u8);
            writeFields(writer);
            writer.WriteEndObject();
        }), IsReferable: givenId is not { Length: > 0 } || find?.Invoke(givenId) is not null);
    }

    private static void WriteText(Utf8JsonWriter writer, JsonElement text, bool isAnswer)
    {
        writer.WriteStartArray("content"u8);
        writer.WriteStartObject();
        writer.WriteString("type"u8, isAnswer ? "output_text"u8 : "input_text"u8);
        writer.WritePropertyName("text"u8);
        text.WriteTo(writer);
        if (isAnswer)
        {
            // OpenAI's types require it.
            writer.WriteStartArray("annotations"u8);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static string PrefixOf(string type) => type switch
    {
        "message" => "msg",
        "reasoning" => "rs",
        "function_call" => "fc",
        "function_call_output" => "fco",
        "custom_tool_call" => "ctc",
        "custom_tool_call_output" => "ctco",
        _ => "item",
    };

    private static string? Text(JsonElement owner, string name) => RequestFields.Any(owner, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
