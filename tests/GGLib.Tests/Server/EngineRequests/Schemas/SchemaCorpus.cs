namespace GGLib.Tests.Server.EngineRequests.Schemas;

/// <summary>
/// JSON schemas as clients send them, one a line. llama-server b11669 rejects 160 of them as they are, hangs on five and generates wrongly from four.
/// </summary>
internal static partial class SchemaCorpus
{
    /// <summary>All schemas.</summary>
    public static IEnumerable<string> All => [.. Types, .. References, .. Patterns, .. Keywords, .. Composition, .. Shapes, .. Long];

    /// <summary>Schemas that are too long to write down.</summary>
    private static IEnumerable<string> Long =>
    [
        $$$"""{"type":"object","properties":{"{{{LongName}}}":{"type":"string"}},"required":["{{{LongName}}}"],"additionalProperties":true}""",
        $$$$"""{"type":"object","properties":{"a":{"type":"string","pattern":"^{{{{new string('a', 3900)}}}}$"},"b":{"type":"string","pattern":"^{{{{new string('(', 60)}}}}a{{{{new string(')', 60)}}}}$"}}}""",
        Nested("""{"type":"object","properties":{"n":""", "}}", 60),
        Nested("""{"type":"array","items":""", "}", 60),
        Nested("""{"anyOf":[{"type":"null"},""", "]}", 60),
        Nested("""{"allOf":[{"minLength":1},""", "]}", 60),
        """{"type":"object","properties":{"a":{"enum":[""" + Joined(500, static number => $"{number}") + "]}}}",
        """{"type":"object","properties":{""" + Joined(60, static number => $$$"""
            "p{{{number}}}":{"$ref":"#/$defs/d{{{number}}}"}
            """) + """},"$defs":{""" + Joined(60, static number => $$$"""
            "d{{{number}}}":{"anyOf":[{"$ref":"#/$defs/d{{{(number + 1) % 60}}}"},{"type":"integer"}]}
            """) + "}}",
    ];

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string LongName { get; } = new('x', 3000);

    private static string Joined(int count, Func<int, string> item) => string.Join(',', Enumerable.Range(0, count).Select(item));

    private static string Nested(string open, string close, int levels) =>
        string.Concat(Enumerable.Repeat(open, levels)) + """{"type":"string"}""" + string.Concat(Enumerable.Repeat(close, levels));
}
