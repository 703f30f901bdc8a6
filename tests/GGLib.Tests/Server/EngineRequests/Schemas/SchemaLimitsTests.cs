using GGLib.Server.EngineRequests.Schemas;

namespace GGLib.Tests.Server.EngineRequests.Schemas;

/// <summary>Sizes above which a schema is rejected.</summary>
public sealed class SchemaLimitsTests
{
    [Theory]
    [InlineData(90, true)]
    [InlineData(100, false)]
    public void Nesting_is_limited(int levels, bool isAccepted)
    {
        var schema = string.Concat(Enumerable.Repeat("""{"properties":{"a":""", levels)) + "{}" + string.Concat(Enumerable.Repeat("}}", levels));
        Assert.Equal(isAccepted ? null : "the JSON schema is nested more than 200 levels deep", SchemaLimits.Check(Fitted.Parse(schema)));
    }

    [Theory]
    [InlineData(500, "", true)]
    [InlineData(501, "", false)]
    [InlineData(501, "\"p0\"", true)]
    public void Optional_properties_are_limited(int count, string required, bool isAccepted)
    {
        var properties = string.Join(',', Enumerable.Range(0, count).Select(static number => $"\"p{number}\":{{}}"));
        Assert.Equal(isAccepted ? null : "an object in the JSON schema has more than 500 optional properties", SchemaLimits.Check(Fitted.Parse("""{"items":{"properties":{""" + properties + """},"required":[""" + required + "]}}")));
    }

    [Fact]
    public void Values_are_limited() =>
        Assert.Equal("the JSON schema has more than 50000 values", SchemaLimits.Check(Fitted.Parse($"{{\"enum\":[{string.Join(',', Enumerable.Repeat("1", 50_000))}]}}")));

    [Fact]
    public void Bytes_are_limited() =>
        Assert.Equal("the JSON schema is larger than 1048576 bytes", SchemaLimits.Check(Fitted.Parse($"{{\"description\":\"{new string('x', 1 << 20)}\"}}")));

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("\"x\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void Other_schemas_are_not(string schema) => Assert.Null(SchemaLimits.Check(Fitted.Parse(schema)));
}
