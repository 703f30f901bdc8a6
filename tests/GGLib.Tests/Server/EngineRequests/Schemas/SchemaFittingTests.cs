namespace GGLib.Tests.Server.EngineRequests.Schemas;

/// <summary>Exact schemas.</summary>
public sealed class SchemaFittingTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","description":"d","default":null,"x-more":[1]}},"required":["a"],"additionalProperties":false}""")]
    [InlineData("""{"$defs":{"A":{"type":"integer","minimum":1}},"type":"object","properties":{"a":{"$ref":"#/$defs/A","description":"d"}}}""", """{"type":"object","properties":{"a":{"$ref":"#/$defs/A","description":"d"}},"$defs":{"A":{"type":"integer","minimum":1}}}""")]
    [InlineData("""{"type":["string","null"],"minLength":1,"maxLength":5,"pattern":"^[0-9]{3}-[0-9]{4}$"}""")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}],"default":null,"title":"T"}""")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"minItems":2,"maxItems":2}""")]
    [InlineData("""{"type":"object","patternProperties":{"^x-":{"type":"string"}},"if":{"const":1},"not":{},"uniqueItems":true,"format":"email"}""")]
    public void What_the_engine_takes_stays(string schema, string? fitted = null) => Assert.Equal(fitted ?? schema, Fitted.Format(schema));

    [Theory]
    [InlineData("true", "{}")]
    [InlineData("null", "{}")]
    [InlineData("\"integer\"", """{"type":"integer"}""")]
    [InlineData("""{"properties":{"a":true,"b":false,"c":null}}""", """{"properties":{"a":{},"c":{}}}""")]
    [InlineData("""{"type":"array","items":false}""", """{"type":"array","items":{},"maxItems":0}""")]
    [InlineData("""{"anyOf":[false,{"type":"str"}]}""", """{"anyOf":[{"type":"string"}]}""")]
    [InlineData("""{"type":"any"}""", "{}")]
    [InlineData("""{"type":["Dict[str, Any]","NoneType"]}""", """{"type":["object","null"]}""")]
    [InlineData("""{"type":["file","null"]}""", "{}")]
    [InlineData("""{"type":"STRING","nullable":true}""", """{"type":["string","null"],"nullable":true}""")]
    [InlineData("""{"enum":["a","a"],"nullable":true}""", """{"enum":["a",null],"nullable":true}""")]
    [InlineData("""{"type":"string","enum":[],"anyOf":[],"const":null,"pattern":null,"format":null,"description":null,"default":null}""", """{"type":"string","default":null}""")]
    [InlineData("""{"const":null}""", """{"const":null}""")]
    public void Types_and_absent_keywords(string schema, string fitted) => Assert.Equal(fitted, Fitted.Format(schema));

    [Theory]
    [InlineData("""{"properties":{"a":{"type":"string","required":true},"b":{"required":false}}}""", """{"properties":{"a":{"type":"string"},"b":{}},"required":["a"]}""")]
    [InlineData("""{"properties":{"a":{}},"required":["a","a",3]}""", """{"properties":{"a":{}},"required":["a"]}""")]
    [InlineData("""{"properties":{"a":{}},"required":["z"]}""", """{"properties":{"a":{},"z":{}},"required":["z"]}""")]
    [InlineData("""{"properties":{"a":{}},"required":["z"],"additionalProperties":false}""", """{"properties":{"a":{}},"required":[],"additionalProperties":false}""")]
    [InlineData("""{"type":"object","required":["z"]}""", """{"type":"object","required":["z"],"properties":{"z":{}},"additionalProperties":true}""")]
    [InlineData("""{"type":"object","properties":[],"required":true,"additionalProperties":[]}""", """{"type":"object","properties":{}}""")]
    [InlineData("""{"type":"object","patternProperties":{"(":{"type":"str"}},"additionalProperties":false}""", """{"type":"object","patternProperties":{"(":{"type":"string"}},"additionalProperties":{"type":"string"}}""")]
    [InlineData("""{"properties":{"a]":{}},"additionalProperties":true,"title":"T"}""", """{"title":"T","anyOf":[{"properties":{"a]":{}}},{"type":"object"}]}""")]
    [InlineData("""{"properties":{"k":{}},"then":{"properties":{"x":{"type":"int"}}}}""", """{"properties":{"k":{},"x":{"type":"integer"}},"then":{"properties":{"x":{"type":"int"}}}}""")]
    public void Objects(string schema, string fitted) => Assert.Equal(fitted, Fitted.Format(schema));

    [Theory]
    [InlineData("""{"type":"array","items":{},"minItems":"2","maxItems":5000.0}""", """{"type":"array","items":{},"minItems":2}""")]
    [InlineData("""{"type":"array","minItems":5,"maxItems":2}""", """{"type":"array"}""")]
    [InlineData("""{"type":"string","minLength":5000,"maxLength":1e40}""", """{"type":"string","minLength":1000}""")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"string"}],"items":{"type":"int"}}""", """{"type":"array","prefixItems":[{"type":"string"}],"items":{"anyOf":[{"type":"string"},{"type":"integer"}]}}""")]
    [InlineData("""{"type":"array","prefixItems":[true],"items":false}""", """{"type":"array","prefixItems":[{}]}""")]
    [InlineData("""{"type":"integer","minimum":"3","exclusiveMinimum":true,"maximum":1e17}""", """{"type":"integer","exclusiveMinimum":3}""")]
    [InlineData("""{"type":"integer","minimum":2.2,"maximum":2.8}""", """{"type":"integer"}""")]
    [InlineData("""{"enum":[1e999,-1e999]}""", """{"enum":[1.7976931348623157E+308,-1.7976931348623157E+308]}""")]
    public void Counts_and_bounds(string schema, string fitted) => Assert.Equal(fitted, Fitted.Format(schema));

    [Theory]
    [InlineData("""{"$ref":"#/definitions/a~1b","definitions":{"a/b":{"type":"int"}}}""", """{"$ref":"#/definitions/a_b","definitions":{"a_b":{"type":"integer"}}}""")]
    [InlineData("""{"$ref":"https://example.com/x","type":"string"}""", """{"type":"string"}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#"}}}""", """{"properties":{"a":{"$ref":"#/$defs/root"}},"$defs":{"root":{"properties":{"a":{"$ref":"#/$defs/root"}}}}}""")]
    [InlineData("""{"properties":{"a":{"$defs":{"X":{"type":"int"}},"$ref":"#/$defs/X"}}}""", """{"properties":{"a":{"$ref":"#/$defs/X"}},"$defs":{"X":{"type":"integer"}}}""")]
    [InlineData("""{"$ref":"#/$defs/A","$defs":{"A":{"anyOf":[{"$ref":"#/$defs/B"},{"type":"null"}]},"B":{"anyOf":[{"$ref":"#/$defs/A"},{"type":"string"}]}}}""", """{"$ref":"#/$defs/A","$defs":{"A":{"anyOf":[{"$ref":"#/$defs/B"},{"type":"null"}]},"B":{"anyOf":[{"type":"string"}]}}}""")]
    [InlineData("""{"$ref":"#/$defs/A","$defs":{"A":{"$ref":"#/$defs/A"},"unused":{"type":"string"}}}""", """{"$ref":"#/$defs/A","$defs":{"A":{}}}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/x_y"},"b":{"$ref":"#/$defs/x.y"}},"$defs":{"x_y":{"type":"string"},"x.y":{"type":"integer"}}}""", """{"properties":{"a":{"$ref":"#/$defs/x_y"},"b":{"$ref":"#/$defs/x.y2"}},"$defs":{"x_y":{"type":"string"},"x.y2":{"type":"integer"}}}""")]
    [InlineData("""{"$ref":"#/$defs/A","nullable":true,"$defs":{"A":{"type":"string"}}}""", """{"nullable":true,"anyOf":[{"$ref":"#/$defs/A"},{"type":"null"}],"$defs":{"A":{"type":"string"}}}""")]
    [InlineData("""{"$ref":"#/$defs/A","required":["y"],"$defs":{"A":{"type":"object","properties":{"y":{"type":"int"}}}}}""", """{"required":["y"],"type":"object","properties":{"y":{"type":"integer"}}}""")]
    public void References(string schema, string fitted) => Assert.Equal(fitted, Fitted.Format(schema));

    [Theory]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/A"}],"description":"d","$defs":{"A":{"type":"string","description":"a"}}}""", """{"description":"d","$ref":"#/$defs/A","$defs":{"A":{"type":"string","description":"a"}}}""")]
    [InlineData("""{"type":"object","allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"minimum":1}}}]}""", """{"type":"object","properties":{"a":{"type":"string"},"b":{"minimum":1}},"required":["a"]}""")]
    [InlineData("""{"allOf":[{"type":"number","maximum":9},{"type":"integer","maximum":5}]}""", """{"type":"integer","maximum":5}""")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"integer"}]}""", """{"type":"string"}""")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{}},"anyOf":[{"required":["a"]},{"required":["b"]}],"title":"T"}""", """{"anyOf":[{"type":"object","properties":{"a":{},"b":{}},"required":["a"]},{"type":"object","properties":{"a":{},"b":{}},"required":["b"]}],"title":"T"}""")]
    [InlineData("""{"type":"object","oneOf":[{"type":"object","properties":{"a":{}}},{"$ref":"#/$defs/B"}],"$defs":{"B":{"type":"object"}}}""", """{"type":"object","oneOf":[{"type":"object","properties":{"a":{}}},{"$ref":"#/$defs/B"}],"$defs":{"B":{"type":"object"}}}""")]
    public void Composition(string schema, string fitted) => Assert.Equal(fitted, Fitted.Format(schema));

    [Theory]
    [InlineData("null", """{"type":"object","properties":{},"additionalProperties":true}""")]
    [InlineData("""{"type":"object"}""", """{"type":"object","properties":{},"additionalProperties":true}""")]
    [InlineData("""{"type":"object","properties":{}}""", """{"type":"object","properties":{}}""")]
    [InlineData("""{"type":"array","description":"d"}""", """{"type":"object","properties":{},"additionalProperties":true,"description":"d"}""")]
    [InlineData("""{"properties":{"a":{"type":"string"}},"type":["object","null"]}""", """{"properties":{"a":{"type":"string"}},"type":"object"}""")]
    [InlineData("""{"$ref":"#/$defs/A","$defs":{"A":{"type":"object","properties":{"next":{"$ref":"#/$defs/A"}}}}}""", """{"type":"object","properties":{"next":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"object","properties":{"next":{"$ref":"#/$defs/A"}}}}}""")]
    [InlineData("""{"oneOf":[{"properties":{"k":{"const":1},"a":{}},"required":["k","a"]},{"properties":{"k":{"const":2}},"required":["k"]}]}""", """{"type":"object","properties":{"k":{"anyOf":[{"const":1},{"const":2}]},"a":{}},"required":["k"]}""")]
    [InlineData("""{"type":"object","properties":{"a":{}},"anyOf":[{"required":["a"]},{"properties":{"b":{}}}]}""", """{"type":"object","properties":{"a":{},"b":{}}}""")]
    [InlineData("""{"type":"object","properties":{"a]":{}},"additionalProperties":true}""", """{"type":"object","properties":{"a]":{}}}""")]
    public void Parameters_are_an_object(string schema, string fitted) => Assert.Equal(fitted, Fitted.Parameters(schema));

    [Fact]
    public void Halves_of_characters_are_replaced() =>
        Assert.Equal("""{"properties":{"�":{"description":"x�"}}}""", Fitted.Format("""{"properties":{"\ud800":{"description":"x\udc00"}}}"""));

    [Fact]
    public void Merging_does_not_multiply_the_work()
    {
        var definitions = string.Concat(Enumerable.Range(0, 40).Select(static number => $$"""
            "A{{number}}":{"allOf":[{"$ref":"#/$defs/A{{number + 1}}"},{"$ref":"#/$defs/A{{number + 1}}"}]},
            """));
        Assert.True(Fitted.Format("""{"$ref":"#/$defs/A0","$defs":{""" + definitions + """ "A40":{"type":"string"}}}""").Length < 100_000);
    }

    [Fact]
    public void A_chain_of_definitions_that_is_too_long_for_the_engine_is_relaxed()
    {
        var definitions = string.Join(',', Enumerable.Range(0, 5000).Select(static number => $$$$"""
            "A{{{{number}}}}":{"type":"object","properties":{"x":{"$ref":"#/$defs/A{{{{number + 1}}}}"}}}
            """));
        Assert.Equal("{}", Fitted.Format("""{"$ref":"#/$defs/A0","$defs":{""" + definitions + "}}"));
    }
}
