namespace GGLib.Tests.Server.EngineRequests.Schemas;

internal static partial class SchemaCorpus
{
    /// <summary>Whole schemas, boolean ones, and the keyword <c>type</c>.</summary>
    public static IReadOnlyList<string> Types { get; } = Lines(
        """""
        true
        false
        null
        {}
        []
        "string"
        "nonsense"
        3
        {"type":"object","properties":{"a":true},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"string"},"b":false},"required":["a","b"]}
        {"type":"object","properties":{"a":{"type":"any"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"file"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"date"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"str"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"int"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"float"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"bool"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"dict"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"list"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"None"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"NoneType"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"Dict[str, Any]"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"List[int]"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"Optional[str]"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"STRING"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"OBJECT"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"Integer"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"tuple"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"bytes"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":""}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"object|null"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"null"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"undefined"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"function"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"datetime"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":3}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":{"a":1}}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":null}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":[]}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":["string","null"]}},"required":["a"]}
        {"type": "object", "properties": {"a": {"type": ["string", "string", "null", "null"]}}, "required": ["a"]}
        {"type":"object","properties":{"a":{"type":["any","null"]}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":["string",null,3,{"type":"integer"}]}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":["string","number","integer","object","array","boolean","null"]}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":["object","array","string","integer","null"],"properties":{"x":{"type":"any"}},"items":{"type":"str"},"pattern":"\\d+","minimum":"3"}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":["object","null"],"properties":{"b":{"type":["array","null"],"items":{"type":["integer","null"]}}}}},"required":["a"]}
        {"type":"object","properties":{"a":{"description":"x"}},"required":["a"]}
        {"properties":{"a":{"type":"string"}}}
        {"type":"object","properties":{"a":{"items":{"type":"string"}}},"required":["a"]}
        {"type":["object","null"],"properties":{"a":{"type":"string"}}}
        {"type":"arguments","properties":{"a":{"type":"string"}}}
        {"type":"string"}
        {"type":"integer"}
        {"type":"array"}
        {"type":"null"}
        {"type":"boolean"}
        {"type":"object","properties":{"a":{"type":"string","nullable":true}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"string","enum":["a"],"nullable":true}},"required":["a"]}
        {"type":"object","properties":{"a":{"const":"a","nullable":true}},"required":["a"]}
        {"type":"object","properties":{"a":{"$ref":"#/$defs/A","nullable":true}},"required":["a"],"$defs":{"A":{"type":"string"}}}
        {"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"integer"}],"nullable":true}},"required":["a"]}
        {"type":"object","properties":{"a":{"type":"string","nullable":"yes"}},"required":["a"]}
        """"");
}
