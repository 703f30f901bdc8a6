using System.Text.Json;
using GGLib.Server.Requests;
using GGLib.Server.ToolCalls;

namespace GGLib.Tests.Server.ToolCalls;

public sealed class ToolCallCheckTests
{
    private const string City = """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1},"unit":{"enum":["c","f"]}},"required":["city"],"additionalProperties":false}""";

    [Theory]
    [InlineData(City, """{"city":"Köln"}""")]
    [InlineData(City, """{ "unit": "c", "city": "", "days": 3 }""")]
    [InlineData("""{"type":"object"}""", "{}")]
    [InlineData("""{"type":"object"}""", "")]
    [InlineData("true", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{"type":["string","null"]}}}""", """{"a":null}""")]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""", """{"a":3.0}""")]
    [InlineData("""{"properties":{"a":{"anyOf":[{"type":"string"},{"type":"array","items":{"type":"string"}}]}}}""", """{"a":["x"]}""")]
    [InlineData("""{"properties":{"a":{"oneOf":[{"type":"number"},{"type":"integer"}]}}}""", """{"a":1}""")]
    [InlineData("""{"patternProperties":{"^x":{}},"additionalProperties":false}""", """{"x1":1}""")]
    [InlineData("""{"properties":{"a":{"maxLength":1}}}""", """{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"properties":{"a":{"items":[{"type":"string"}]}}}""", """{"a":["x",1]}""")]
    [InlineData("""{"properties":{"a":{"properties":{"a":{"$ref":"#"}}}}}""", """{"a":{"a":{"a":{}}}}""")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"required":["x"]}}}""", """{"x":1}""")]
    public void A_valid_call_has_no_problem(string schema, string arguments) => Assert.Null(ProblemOf(schema, arguments));

    [Theory]
    [InlineData("{", "its arguments are not JSON")]
    [InlineData("""{"city":"a"}}""", "its arguments are not JSON")]
    [InlineData("[]", "its arguments are not a JSON object")]
    [InlineData("""{}""", "/city: is missing")]
    [InlineData("""{"city":"a","days":"3"}""", "/days: must be of type integer")]
    [InlineData("""{"city":"a","days":0}""", "/days: must be at least 1")]
    [InlineData("""{"city":"a","unit":"k"}""", "/unit: must be one of [\"c\",\"f\"]")]
    [InlineData("""{"city":"a","town":1}""", "/town: is not allowed")]
    public void An_invalid_call_has_a_reason(string arguments, string reason) => Assert.Equal(reason, ProblemOf(City, arguments));

    [Theory]
    [InlineData("""{"anyOf":[{"type":"string"},{"const":1}]}""", "2", "/a: matches no schema of anyOf")]
    [InlineData("""{"oneOf":[{"type":"string"}]}""", "2", "/a: matches no schema of oneOf")]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":1.5}]}""", "2", "/a: must be at most 1.5")]
    [InlineData("""{"exclusiveMinimum":2}""", "2", "/a: must be more than 2")]
    [InlineData("""{"exclusiveMaximum":2}""", "2", "/a: must be less than 2")]
    [InlineData("""{"const":"x"}""", "2", "/a: must be \"x\"")]
    [InlineData("""{"minItems":1}""", "[]", "/a: must have at least 1 items")]
    [InlineData("""{"maxItems":1}""", "[1,2]", "/a: must have at most 1 items")]
    [InlineData("""{"items":{"type":"string"}}""", "[\"x\",1]", "/a/1: must be of type string")]
    [InlineData("""{"prefixItems":[{"type":"string"}]}""", "[1]", "/a/0: must be of type string")]
    [InlineData("""{"minLength":2}""", "\"x\"", "/a: must have at least 2 characters")]
    [InlineData("""{"maxLength":2}""", "\"xyz\"", "/a: must have at most 2 characters")]
    [InlineData("""{"type":["string","null"]}""", "1", "/a: must be of type string or null")]
    [InlineData("""{"additionalProperties":{"type":"string"}}""", """{"b":1}""", "/a/b: must be of type string")]
    [InlineData("false", "1", "/a: is not allowed")]
    public void Each_keyword_has_its_reason(string schema, string value, string reason) =>
        Assert.Equal(reason, ProblemOf($$"""{"properties":{"a":{{schema}}} }""", $$"""{"a":{{value}} }"""));

    [Fact]
    public void A_reference_is_followed() =>
        Assert.Equal("/x: is missing", ProblemOf("""{"$ref":"#/$defs/a","$defs":{"a":{"required":["x"]}}}""", "{}"));

    [Fact]
    public void An_unknown_tool_is_a_problem() =>
        Assert.Equal("the tool 'g' does not exist", ToolCallCheck.ProblemOf(new HeldCall("1", "g", "{}"), [new ToolDefinition("f")]));

    [Theory]
    [InlineData("""{"type":"nonsense"}""")]
    [InlineData("""{"type":7,"required":"city"}""")]
    [InlineData("""{"$ref":"#/nowhere"}""")]
    [InlineData("""{"$ref":"http://127.0.0.1:1/schema.json"}""")]
    [InlineData("""{"$schema":"http://example.com/unknown","type":"object"}""")]
    [InlineData("""{"$id":"not a uri %%"}""")]
    [InlineData("""{"properties":{"a":{"pattern":"("}}}""")]
    [InlineData("""{"properties":{"a":{"pattern":"^(a+)+$"}}}""")]
    [InlineData("""{"properties":{"a":{"minLength":"x"}}}""")]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}]}}}""")]
    [InlineData("""{"properties":[],"required":{},"enum":1,"items":"x","anyOf":{},"allOf":7}""")]
    public void A_schema_that_cannot_be_evaluated_is_not_a_problem(string schema) => Assert.Null(ProblemOf(schema, """{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}"""));

    private static string? ProblemOf(string schema, string arguments) =>
        ToolCallCheck.ProblemOf(new HeldCall("1", "f", arguments), [new ToolDefinition("f") { Parameters = JsonElement.Parse(schema) }]);
}
