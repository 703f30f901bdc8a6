namespace GGLib.Tests.Server.EngineRequests.Schemas;

internal static partial class SchemaCorpus
{
    /// <summary><c>$ref</c> and definitions.</summary>
    public static IReadOnlyList<string> References { get; } = Lines(
        """""
        {"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"required":["a"],"$defs":{"A":{"type":"object","properties":{"x":{"$ref":"#/$defs/B"}}},"B":{"type":"integer"}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/A","description":"d","default":null}},"required":["a"],"$defs":{"A":{"type":"object","properties":{"x":{"$ref":"#/$defs/B"}}},"B":{"type":"integer"}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/A","properties":{"y":{"type":"string"}},"required":["y"]}},"required":["a"],"$defs":{"A":{"type":"object","properties":{"x":{"$ref":"#/$defs/B"}}},"B":{"type":"integer"}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/Missing"}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/Missing","type":"string"}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":"https://example.com/schema.json"}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":"https://example.com/schema.json#/$defs/A"}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":"other.json#/definitions/A"}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":"file:///etc/passwd"}},"required":["a"]}
        {"type":"object","properties":{"child":{"$ref":"#"},"name":{"type":"string"}},"required":["name"]}
        {"type":"object","properties":{"a":{"$ref":"#/"}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/Node"}},"required":["a"],"$defs":{"Node":{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/Node"},{"type":"null"}]}},"required":["v"]}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"required":["a"],"$defs":{"A":{"type":"object","properties":{"b":{"$ref":"#/$defs/B"}}},"B":{"type":"array","items":{"$ref":"#/$defs/A"}}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"required":["a"],"$defs":{"A":{"$ref":"#/$defs/A"}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"required":["a"],"$defs":{"A":{"$ref":"#/$defs/B"},"B":{"anyOf":[{"$ref":"#/$defs/A"},{"type":"string"}]}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"required":["a"],"$defs":{"A":{"allOf":[{"$ref":"#/$defs/A"},{"type":"object","properties":{"x":{"type":"string"}}}]}}}
        {"type":"object","properties":{"a":{"$ref":3}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":null,"type":"string"}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":""}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":"A"}},"required":["a"],"$defs":{"A":{"type":"object","properties":{"x":{"$ref":"#/$defs/B"}}},"B":{"type":"integer"}}}
        {"type":"object","properties":{"a":{"$ref":"#/definitions/A"}},"required":["a"],"definitions":{"A":{"type":"string"}}}
        {"type":"object","properties":{"a":{"$ref":"#/definitions/A"}},"required":["a"],"b":{"$ref":"#/$defs/A"},"definitions":{"A":{"type":"string"}},"$defs":{"A":{"type":"integer"}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/a~1b~0c"}},"required":["a"],"$defs":{"a/b~c":{"type":"string"}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/List%3CInt%3E"}},"required":["a"],"$defs":{"List<Int>":{"type":"string"}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/Page[Item]"}},"required":["a"],"$defs":{"Page[Item]":{"type":"string"}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/Größe"}},"required":["a"],"$defs":{"Größe":{"type":"string"}}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/x_y"},"b":{"$ref":"#/$defs/x.y"},"c":{"$ref":"#/$defs/x y"}},"required":["a","b","c"],"$defs":{"x_y":{"type":"string"},"x.y":{"type":"integer"},"x y":{"type":"boolean"}}}
        {"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"integer"}}},"c":{"$ref":"#/properties/a/properties/b"}}}
        {"type":"object","properties":{"a":{"anyOf":[{"type":"string"}]},"b":{"$ref":"#/properties/a/anyOf/0"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"object","properties":{"x":{"$ref":"#/$defs/X"}},"$defs":{"X":{"type":"integer"}}}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":"#/properties/b"},"b":{"$ref":"#/properties/a"}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":"https://example.com/item"}},"required":["a"],"$defs":{"I":{"$id":"https://example.com/item","type":"string"}}}
        {"type":"object","properties":{"a":{"$ref":"#item"}},"required":["a"],"$defs":{"I":{"$anchor":"item","type":"string"}}}
        {"$dynamicAnchor":"node","type":"object","properties":{"children":{"type":"array","items":{"$dynamicRef":"#node"}}}}
        {"$recursiveAnchor":true,"type":"object","properties":{"children":{"type":"array","items":{"$recursiveRef":"#"}}}}
        {"$ref":"#/$defs/Args","$defs":{"Args":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}}}
        {"$ref":"#/definitions/Args","definitions":{"Args":{"type":"object","properties":{"a":{"type":"string"},"next":{"$ref":"#/definitions/Args"}}}}}
        {"$ref":"#"}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"required":["a"],"$defs":{"A":false}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"required":["a"],"$defs":{"A":true}}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/0"}},"required":["a"],"$defs":[{"type":"string"}]}
        {"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"$defs":null}
        {"type":"object","properties":{"$ref":{"type":"string"},"type":{"type":"string"},"properties":{"type":"object"}},"required":["$ref"]}
        {"type":"object","properties":{"a":{"$ref":"#/properties/a"}}}
        """"");
}
