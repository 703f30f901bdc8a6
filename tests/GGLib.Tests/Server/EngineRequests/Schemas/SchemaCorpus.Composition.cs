namespace GGLib.Tests.Server.EngineRequests.Schemas;

internal static partial class SchemaCorpus
{
    /// <summary><c>allOf</c>, <c>anyOf</c>, <c>oneOf</c> and conditions.</summary>
    public static IReadOnlyList<string> Composition { get; } = Lines(
        """""
        {"type":"object","properties":{"a":{"anyOf":[true,false,{"type":"string"}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"anyOf":[false]}},"required":["a"]}
        {"type":"object","properties":{"a":{"allOf":[true,{"type":"string"}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"allOf":[false]}},"required":["a"]}
        {"type":"object","properties":{"a":{"not":true}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"string","not":{"enum":["x"]}}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"string","not":null}},"required":["a"]}
        {"type":"object","properties":{"kind":{"enum":["a","b"]}},"if":{"properties":{"kind":{"const":"a"}}},"then":{"properties":{"x":{"type":"any"}},"required":["x"]},"else":{"properties":{"y":{"type":"string"}}}}
        {"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"type":"integer"}}}]}
        {"type":"object","allOf":[{"$ref":"#/$defs/A"},{"$ref":"#/$defs/B"}],"$defs":{"A":{"type":"object","properties":{"a":{"type":"string"}}},"B":{"type":"object","properties":{"b":{"type":"any"}},"required":["b"]}}}
        {"type":"object","properties":{"a":{"allOf":[{"$ref":"#/$defs/A"}],"description":"d","default":null}},"required":["a"],"$defs":{"A":{"type":"object","properties":{"x":{"$ref":"#/$defs/B"}}},"B":{"type":"integer"}}}
        {"type":"object","properties":{"a":{"allOf":[]}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"string","allOf":null}},"required":["a"]}
        {"type":"object","properties":{"a":{"allOf":{"type":"string"}}},"required":["a"]}
        {"type":"object","properties":{"a":{"allOf":[{"type":"string"},{"type":"integer"}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"string","allOf":[{"minLength":2},{"maxLength":4},{"pattern":"^a"}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"allOf":[{"enum":["a","b"]},{"enum":["b","c"]}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"allOf":[{"anyOf":[{"type":"string"},{"type":"integer"}]},{"anyOf":[{"type":"integer"},{"type":"null"}]}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"allOf":[{"properties":{"b":{"type":"integer"}},"required":["b"]}]}
        {"type":"object","properties":{"a":{"allOf":[{"allOf":[{"allOf":[{"type":"string"}]}]}]}},"required":["a"]}
        {"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false},{"type":"object","properties":{"b":{"type":"string"}},"additionalProperties":false}]}
        {"type":"object","properties":{"a":{"anyOf":[]}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"string","anyOf":null}},"required":["a"]}
        {"type":"object","properties":{"a":{"anyOf":{"type":"string"}}},"required":["a"]}
        {"type":"object","properties":{"a":{"anyOf":[{"type":"string"}],"oneOf":[{"type":"integer"}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"anyOf":[{"required":["a"]},{"required":["b"]}]}
        {"anyOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"any"}}}]}
        {"oneOf":[{"$ref":"#/$defs/A"},{"$ref":"#/$defs/C"}],"$defs":{"A":{"type":"object","properties":{"kind":{"const":"a"}}},"C":{"type":"object","properties":{"kind":{"const":"c"}}}}}
        {"anyOf":[{"type":"string"},{"type":"null"}]}
        {"type":"object","properties":{"a":{"type":"string","anyOf":[{"format":"date"},{"enum":["now"]}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"object","properties":{"p":{"type":"integer"}},"oneOf":[{"title":"A","properties":{"x":{"type":"string"}}},{"title":"B"}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"oneOf":[{"type":"number"},{"type":"integer"}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"oneOf":[null,{"type":"string"}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"anyOf":[{"anyOf":[{"type":"string"},{"anyOf":[{"type":"null"}]}]}]}},"required":["a"]}
        """"");
}
