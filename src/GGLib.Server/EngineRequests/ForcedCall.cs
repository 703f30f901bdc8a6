using System.Text.Json.Nodes;
using GGLib.Server.EngineRequests.Schemas;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>The schema of a tool call that the model must write as text, because the engine completes a rendered prompt and knows no tools.</summary>
internal static class ForcedCall
{
    private const string Definitions = "$defs";

    /// <summary>The format of one call of any of these tools: an object with <c>name</c> and <c>arguments</c>.</summary>
    public static OutputFormat Of(IReadOnlyList<ToolDefinition> tools)
    {
        var definitions = new JsonObject();
        var calls = new JsonArray();
        for (var index = 0; index < tools.Count; index++)
        {
            JsonNode call = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["name"] = new JsonObject { ["const"] = tools[index].Name },
                    ["arguments"] = Arguments(tools[index], index, definitions),
                },
                ["required"] = new JsonArray("name", "arguments"),
                ["additionalProperties"] = false,
            };
            calls.Add(call);
        }

        var schema = new JsonObject { ["anyOf"] = calls };
        if (definitions.Count > 0)
        {
            schema[Definitions] = definitions;
        }

        return new(WireJson.Parse(WireJson.Compose(writer => schema.WriteTo(writer))));
    }

    /// <summary>The fitted schema of a tool's arguments. Its definitions move to the root of the call's schema, because references start there.</summary>
    private static JsonObject Arguments(ToolDefinition tool, int index, JsonObject definitions)
    {
        var fitted = JsonObject.Create(WireJson.Parse(WireJson.Compose(writer => SchemaFitting.WriteParameters(writer, tool.Parameters ?? default))))!;
        foreach (var container in (string[])[Definitions, "definitions"])
        {
            if (!fitted.Remove(container, out var own) || own is not JsonObject named)
            {
                continue;
            }

            var from = $"#/{container}/";
            var to = $"#/{Definitions}/{index}.";
            Redirect(fitted, from, to);
            foreach (var (name, definition) in named.ToList())
            {
                Redirect(definition, from, to);
                named.Remove(name);
                definitions[$"{index}.{name}"] = definition;
            }
        }

        return fitted;
    }

    private static void Redirect(JsonNode? schema, string from, string to)
    {
        if (schema is JsonArray items)
        {
            foreach (var item in items)
            {
                Redirect(item, from, to);
            }
        }

        if (schema is not JsonObject members)
        {
            return;
        }

        if (members["$ref"] is JsonValue value && value.TryGetValue<string>(out var reference) && reference.StartsWith(from, StringComparison.Ordinal))
        {
            members["$ref"] = to + reference[from.Length..];
        }

        foreach (var (_, member) in members)
        {
            Redirect(member, from, to);
        }
    }
}
