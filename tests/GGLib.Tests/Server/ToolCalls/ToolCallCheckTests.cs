using System.Runtime.CompilerServices;
using System.Text.Json;
using GGLib.Server.Requests;
using GGLib.Server.ToolCalls;

namespace GGLib.Tests.Server.ToolCalls;

public sealed class ToolCallCheckTests
{
    private const string City = """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1},"unit":{"enum":["c","f"]}},"required":["city"],"additionalProperties":false}""";

    // As the program does.
#pragma warning disable CA2255 // The default applies to the whole test process, and only before the first pattern is used.
    [ModuleInitializer]
    internal static void LimitPatterns() => AppContext.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", TimeSpan.FromSeconds(1));
#pragma warning restore CA2255

    [Theory]
    [InlineData(City, """{"city":"Köln"}""")]
    [InlineData(City, """{ "unit": "c", "city": "", "days": 3 }""")]
    [InlineData("""{"type":"object"}""", "{}")]
    [InlineData("""{"type":"object"}""", "")]
    [InlineData("true", """{"a":1}""")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"required":["x"]}}}""", """{"x":1}""")]
    public void A_valid_call_has_no_problem(string schema, string arguments) => Assert.Null(ProblemOf(schema, arguments));

    [Theory]
    [InlineData("{", "its arguments are not JSON")]
    [InlineData("""{"city":"a"}}""", "its arguments are not JSON")]
    [InlineData("[]", "its arguments are not a JSON object")]
    [InlineData("""{}""", """Required properties ["city"] are not present""")]
    [InlineData("""{"city":"a","days":"3"}""", "/days: Value is \"string\" but should be \"integer\"")]
    [InlineData("""{"city":"a","days":0}""", "/days: 0 should be at least 1")]
    [InlineData("""{"city":"a","unit":"k"}""", "/unit: Value should match one of the values specified by the enum")]
    [InlineData("""{"city":"a","town":1}""", "/town: All values fail against the false schema")]
    public void An_invalid_call_has_a_reason(string arguments, string reason) => Assert.Equal(reason, ProblemOf(City, arguments));

    [Fact]
    public void A_reference_is_followed() =>
        Assert.Equal("""Required properties ["x"] are not present""", ProblemOf("""{"$ref":"#/$defs/a","$defs":{"a":{"required":["x"]}}}""", "{}"));

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
    public void A_schema_that_cannot_be_evaluated_is_not_a_problem(string schema) => Assert.Null(ProblemOf(schema, """{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}"""));

    [Fact]
    public void A_schema_with_an_id_does_not_affect_another_one()
    {
        Assert.NotNull(ProblemOf("""{"$id":"https://example.com/a","required":["x"]}""", "{}"));
        Assert.Null(ProblemOf("""{"$id":"https://example.com/a","type":"object"}""", "{}"));
        Assert.Null(ProblemOf("""{"$ref":"https://example.com/a"}""", "{}"));
    }

    private static string? ProblemOf(string schema, string arguments) =>
        ToolCallCheck.ProblemOf(new HeldCall("1", "f", arguments), [new ToolDefinition("f") { Parameters = JsonElement.Parse(schema) }]);
}
