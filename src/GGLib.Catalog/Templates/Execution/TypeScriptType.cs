using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Execution;

/// <summary>A tool's property as a type of TypeScript, as Ollama writes it for the models that read tools in that form.</summary>
internal static class TypeScriptType
{
    public static string Of(TemplateValue property)
    {
        if (property is not RecordValue { TypeName: OllamaValues.ToolProperty } record)
        {
            return "any";
        }

        if (record.Find("AnyOf") is ListValue { Items.Count: > 0 } anyOf)
        {
            return string.Join(" | ", anyOf.Items.Select(Of));
        }

        return record.Find("Type") is ListValue { Items.Count: > 0 } types ? string.Join(" | ", types.Items.Select(type => Named(type.ToString()))) : "any";
    }

    private static string Named(string? type) => type switch
    {
        "string" => "string",
        "number" or "integer" => "number",
        "boolean" => "boolean",
        "array" => "any[]",
        "object" => "Record<string, any>",
        "null" => "null",
        _ => "any",
    };
}
