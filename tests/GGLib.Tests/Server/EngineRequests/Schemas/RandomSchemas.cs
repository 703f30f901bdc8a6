using System.Text.Json.Nodes;

namespace GGLib.Tests.Server.EngineRequests.Schemas;

/// <summary>Random schemas: nested keywords, with values of wrong types among them. The same seed gives the same schemas.</summary>
internal sealed class RandomSchemas(int seed)
{
    private static readonly string[] Names = ["a", "b", "c", "foo-bar", "foo_bar", "x y", "", "\"", "ключ", "$ref", "type", "a]", "^"];
    private static readonly string[] Types = ["string", "integer", "number", "boolean", "null", "array", "object", "string", "object", "any", "str", "date", "file", "STRING", ""];
    private static readonly string[] Patterns = ["^a$", "\\d+", "^\\w{2,5}$", "(", "^(a*)*$", "^([a-z]+ ?)+$", "^.{3,2000}$", "^\\p{L}+$", "[", "^(?=x)y$", "^a{3,1}$", "^\"$", "^(foo|bar)?(baz)*$"];
    private static readonly string[] References = ["#/$defs/A", "#/$defs/B", "#/$defs/C", "#", "#/", "#/properties/a", "#/$defs/Missing", "https://x/y", "#anchor", "A", "", "#/$defs/B/properties/a", "#/anyOf/0"];
    private static readonly string[] Keywords =
    [
        "properties", "properties", "properties", "required", "anyOf", "oneOf", "allOf", "prefixItems", "items", "items", "additionalProperties", "additionalProperties", "not", "if", "then", "else",
        "patternProperties", "dependentSchemas", "$defs", "$defs", "definitions", "enum", "const", "pattern", "pattern", "format", "$ref", "$ref", "minimum", "maximum", "exclusiveMinimum",
        "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "nullable", "description", "default", "$anchor", "$id",
    ];

    private readonly Random _random = new(seed);

    public string Next()
    {
        var schema = Schema(_random.Next(1, 6));
        if (schema is JsonObject root && Chance(0.7))
        {
            root["$defs"] = new JsonObject { ["A"] = Part(3), ["B"] = Part(3), ["C"] = Part(3) };
        }

        return schema?.ToJsonString() ?? "null";
    }

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private string Any(string[] choices) => choices[_random.Next(choices.Length)];

    private JsonNode? Junk() => _random.Next(12) switch
    {
        0 => null,
        1 => true,
        2 => false,
        3 => 0,
        4 => -1,
        5 => 2.5,
        6 => "x",
        7 => "3",
        8 => new JsonArray(),
        9 => new JsonObject(),
        10 => new JsonArray("a", 1),
        _ => 1e300,
    };

    private JsonNode? Schema(int depth)
    {
        if (Chance(0.08))
        {
            return Junk();
        }

        var schema = new JsonObject();
        if (Chance(0.75))
        {
            schema["type"] = Chance(0.8) ? Any(Types) : Chance(0.5) ? new JsonArray(Any(Types), Any(Types), Any(Types)) : Junk();
        }

        for (var count = _random.Next(depth > 0 ? 5 : 3); count > 0; count--)
        {
            var keyword = Any(Keywords);
            schema[keyword] = Chance(0.1) ? Junk() : Value(keyword, depth - 1);
        }

        return schema;
    }

    private JsonNode? Part(int depth) => depth > 0 ? Schema(depth) : new JsonObject { ["type"] = "string" };

    private JsonArray Parts(int depth) => new([.. Enumerable.Range(0, _random.Next(4)).Select(_ => Part(depth))]);

    private JsonObject Map(int depth, Func<string> name)
    {
        var map = new JsonObject();
        for (var count = _random.Next(5); count > 0; count--)
        {
            map[name()] = Part(depth);
        }

        return map;
    }

    private JsonNode? Value(string keyword, int depth) => keyword switch
    {
        "properties" => Map(depth, () => Any(Names)),
        "patternProperties" or "dependentSchemas" or "$defs" or "definitions" => Map(depth, () => Any(["A", "B", "C", "x/y"])),
        "required" => new JsonArray([.. Enumerable.Range(0, _random.Next(4)).Select(_ => (JsonNode)Any(Names))]),
        "anyOf" or "oneOf" or "allOf" or "prefixItems" => Parts(depth),
        "items" or "additionalProperties" or "not" or "if" or "then" or "else" => Chance(0.8) ? Part(depth) : Parts(depth),
        "enum" => new JsonArray("a", 1, null, "a"),
        "const" => Junk(),
        "pattern" => Any(Patterns),
        "format" => Any(["date", "time", "uuid", "email"]),
        "$ref" => Any(References),
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" => _random.Next(7) switch { 0 => 0, 1 => 5, 2 => -5, 3 => 1.5, 4 => 1e17, 5 => true, _ => "3" },
        "minLength" or "maxLength" or "minItems" or "maxItems" => _random.Next(7) switch { 0 => 0, 1 => 3, 2 => 10, 3 => -1, 4 => 2.0, 5 => 2500, _ => 1L << 40 },
        "nullable" => true,
        _ => "x",
    };
}
