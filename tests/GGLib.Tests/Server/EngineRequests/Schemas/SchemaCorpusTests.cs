using System.Text.Json;
using GGLib.Server.EngineRequests.Schemas;

namespace GGLib.Tests.Server.EngineRequests.Schemas;

/// <summary>Every schema, as an answer's and as a tool's, against the rules of the engine.</summary>
public sealed class SchemaCorpusTests
{
    [Fact]
    public void The_engine_takes_every_fitted_schema()
    {
        Assert.True(SchemaCorpus.All.Count() > 400);
        foreach (var schema in SchemaCorpus.All)
        {
            AssertFits(schema, schema);
        }
    }

    [Fact]
    public void Some_schemas_are_rejected_as_they_are() =>
        Assert.True(SchemaCorpus.All.Count(static schema => EngineRules.Violation(Fitted.Parse(schema)) is not null) > 100);

    [Fact]
    public void No_schema_of_the_corpus_is_too_large() =>
        Assert.All(SchemaCorpus.All, static schema => Assert.Null(SchemaLimits.Check(Fitted.Parse(schema))));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_engine_takes_random_schemas_fitted(int seed)
    {
        var random = new RandomSchemas(seed);
        for (var number = 0; number < 5000; number++)
        {
            var schema = random.Next();
            AssertFits(schema, $"seed {seed}, schema {number}: {schema}");
        }
    }

    [Fact]
    public void A_fitted_schema_is_fitted_to_itself()
    {
        foreach (var schema in SchemaCorpus.All.Where(static schema => !schema.Contains("pattern", StringComparison.Ordinal) && !schema.Contains("prefixItems", StringComparison.Ordinal)))
        {
            var once = Fitted.Format(schema);
            Assert.Equal(once, Fitted.Format(once));
        }
    }

    private static void AssertFits(string schema, string shown)
    {
        var format = Fitted.Format(schema);
        Assert.True(EngineRules.Violation(Fitted.Parse(format)) is null, $"{EngineRules.Violation(Fitted.Parse(format))}\n{shown}\n{format}");

        var parameters = Fitted.Parameters(schema);
        var root = Fitted.Parse(parameters);
        Assert.True(EngineRules.Violation(root) is null, $"{EngineRules.Violation(root)}\n{shown}\n{parameters}");
        Assert.Equal("object", root.GetProperty("type").GetString());
        Assert.Equal(JsonValueKind.Object, root.GetProperty("properties").ValueKind);
        Assert.True(parameters.Length <= (20 * schema.Length) + 3000, $"{parameters.Length} for {shown}");
    }
}
