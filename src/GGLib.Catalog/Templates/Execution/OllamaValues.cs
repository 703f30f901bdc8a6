using System.Text.Json;
using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Execution;

/// <summary>
/// Messages and tools as the values templates see: the fields, their order, what is printed as JSON and what JSON leaves out are those
/// of Ollama's types. A field of another type than theirs counts as absent: requests are checked elsewhere.
/// </summary>
internal static class OllamaValues
{
    public const string ToolProperty = "api.ToolProperty";

    private const string AnyList = "[]interface {}";
    private const string AnyMap = "map[string]interface {}";
    private const string Texts = "[]string";

    // JsonDocument's own default is 64.
    private const int MaxDepth = 128;

    public static ListValue Messages(IReadOnlyList<TemplateMessage> messages) =>
        new("[]*template.templateMessage", [.. messages.Select(Message)], isNil: messages.Count == 0);

    public static ListValue Tools(IReadOnlyList<JsonElement> tools) =>
        new("template.templateTools", [.. tools.Select(Tool)], PrintForm.Json, isNil: tools.Count == 0);

    private static RecordValue Message(TemplateMessage message) => new(
        "*template.templateMessage",
        [
            RecordField.Of("Role", TextValue.Of(message.Role)),
            RecordField.Of("Content", TextValue.Of(message.Content)),
            RecordField.Of("Thinking", TextValue.Of(message.Thinking)),
            RecordField.Of("Images", new ListValue("[]api.ImageData", [.. message.Images.Select(image => new BytesValue(image))], isNil: message.Images.Count == 0)),
            RecordField.Of("ToolCalls", new ListValue("[]template.templateToolCall", [.. message.ToolCalls.Select(ToolCall)], isNil: message.ToolCalls.Count == 0)),
            RecordField.Of("ToolName", TextValue.Of(message.ToolName)),
            RecordField.Of("ToolCallID", TextValue.Of(message.ToolCallId)),
        ],
        isReference: true);

    private static RecordValue ToolCall(TemplateToolCall call)
    {
        var function = new RecordValue(
            "template.templateToolCallFunction",
            [
                RecordField.Of("Index", new IntegerValue(call.Index)),
                RecordField.Of("Name", TextValue.Of(call.Name)),
                RecordField.Of("Arguments", Arguments(call.Arguments)),
            ]);
        return new("template.templateToolCall", [RecordField.Of("ID", TextValue.Of(call.Id)), RecordField.Of("Function", function)]);
    }

    private static MapValue Arguments(JsonElement arguments)
    {
        var isObject = arguments.ValueKind is JsonValueKind.Object;
        return new(
            "template.templateArgs",
            isObject ? MapValue.Sorted(arguments.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Any(property.Value, 0)))) : [],
            PrintForm.Json,
            isNil: !isObject);
    }

    private static RecordValue Tool(JsonElement tool) => new(
        "template.templateTool",
        [
            new("Type", "type", Text(tool, "type")),
            RecordField.Optional("Items", "items", Any(tool, "items")),
            new("Function", "function", Function(Member(tool, "function"))),
        ],
        PrintForm.Json);

    // Ollama's own function prints as a struct since its templates got types of their own; the templates in use were written for
    // the JSON it printed before, and make no sense without it.
    private static RecordValue Function(JsonElement function) => new(
        "template.templateToolFunction",
        [
            new("Name", "name", Text(function, "name")),
            new("Description", "description", Text(function, "description")),
            new("Parameters", "parameters", Parameters(Member(function, "parameters"))),
        ],
        PrintForm.Json);

    private static RecordValue Parameters(JsonElement parameters)
    {
        var properties = Member(parameters, "properties");
        return new(
            "template.templateToolFunctionParameters",
            [
                new("Type", "type", Text(parameters, "type")),
                RecordField.Optional("Defs", "$defs", Any(parameters, "$defs")),
                RecordField.Optional("Items", "items", Any(parameters, "items")),
                RecordField.Optional("Required", "required", TextList(Member(parameters, "required"), Texts)),
                new("Properties", "properties", new MapValue(
                    "template.templateProperties",
                    MapValue.Sorted(Properties(properties, 0)),
                    PrintForm.Json,
                    Property(default, 0),
                    isNil: properties.ValueKind is not JsonValueKind.Object)),
            ],
            PrintForm.Json);
    }

    private static IEnumerable<KeyValuePair<string, TemplateValue>> Properties(JsonElement properties, int depth) =>
        properties.ValueKind is JsonValueKind.Object
            ? properties.EnumerateObject().Select(property => KeyValuePair.Create<string, TemplateValue>(property.Name, Property(property.Value, depth + 1)))
            : [];

    private static RecordValue Property(JsonElement property, int depth)
    {
        CheckDepth(depth);
        var properties = Member(property, "properties");
        var type = Member(property, "type");
        return new RecordValue(
            ToolProperty,
            [
                RecordField.Optional("AnyOf", "anyOf", new ListValue("[]api.ToolProperty", [.. Items(Member(property, "anyOf")).Select(item => Property(item, depth + 1))])),
                RecordField.Optional("Type", "type", type.ValueKind is JsonValueKind.String
                    ? new ListValue("api.PropertyType", [TextValue.Of(type.GetString())], PrintForm.TypeNames)
                    : TextList(type, "api.PropertyType", PrintForm.TypeNames)),
                RecordField.Optional("Items", "items", Any(property, "items", depth)),
                RecordField.Optional("Description", "description", Text(property, "description")),
                RecordField.Optional("Enum", "enum", AnyItems(Member(property, "enum"), depth)),
                // Inner properties keep the order they were given in; only the outer ones are sorted.
                RecordField.Optional("Properties", "properties", properties.ValueKind is JsonValueKind.Object
                    ? new MapValue("api.ToolPropertiesMap", MapValue.Unique(Properties(properties, depth)), PrintForm.Json, TemplateValue.Nil)
                    : TemplateValue.Nil),
                RecordField.Optional("Required", "required", TextList(Member(property, "required"), Texts)),
            ]);
    }

    // An "enum" without entries is left out, unlike an empty list in a place for anything.
    private static ListValue AnyItems(JsonElement list, int depth)
    {
        var items = Items(list).Select(item => Any(item, depth + 1)).ToList();
        return new(AnyList, items, isNil: items.Count == 0);
    }

    private static ListValue TextList(JsonElement list, string typeName, PrintForm form = PrintForm.Go)
    {
        var items = Items(list).Where(item => item.ValueKind is JsonValueKind.String).Select(item => (TemplateValue)TextValue.Of(item.GetString())).ToList();
        return new(typeName, items, form, isNil: list.ValueKind is not JsonValueKind.Array);
    }

    private static TemplateValue Any(JsonElement of, string name, int depth = 0) => Any(Member(of, name), depth);

    private static TemplateValue Any(JsonElement value, int depth)
    {
        CheckDepth(depth);
        return value.ValueKind switch
        {
            JsonValueKind.String => TextValue.Of(value.GetString()),
            JsonValueKind.Number => new FloatValue(value.TryGetDouble(out var number) ? number : 0),
            JsonValueKind.True or JsonValueKind.False => BooleanValue.Of(value.GetBoolean()),
            JsonValueKind.Array => new ListValue(AnyList, [.. Items(value).Select(item => Any(item, depth + 1))]),
            JsonValueKind.Object => new MapValue(AnyMap, MapValue.Sorted(value.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Any(property.Value, depth + 1))))),
            _ => TemplateValue.Nil,
        };
    }

    private static void CheckDepth(int depth)
    {
        if (depth > MaxDepth || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateException("a tool or its arguments are nested too deep", 0);
        }
    }

    // The default enumerator is an empty one.
    private static JsonElement.ArrayEnumerator Items(JsonElement list) => list.ValueKind is JsonValueKind.Array ? list.EnumerateArray() : default;

    private static TextValue Text(JsonElement of, string name) => Member(of, name) is { ValueKind: JsonValueKind.String } text ? TextValue.Of(text.GetString()) : TextValue.Empty;

    private static JsonElement Member(JsonElement of, string name) =>
        of.ValueKind is JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : default;
}
