using System.Text;
using GGLib.Server.EngineRequests.Schemas;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.EngineRequests.Schemas;

/// <summary>Tools as the engine gets them.</summary>
public sealed class ToolSchemaTests
{
    [Fact]
    public void A_tool_without_anything() => Assert.Equal(
        """{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{},"additionalProperties":true}}}""",
        Write(new("f")));

    [Fact]
    public void Name_and_description_are_those_of_the_definition() => Assert.Equal(
        """{"type":"function","function":{"name":"ns__f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}}""",
        Write(new("ns__f") { Description = "d", Parameters = Fitted.Parse("""{"type":"object","properties":{"a":{"type":"str"}}}""") }));

    [Fact]
    public void Other_members_follow() => Assert.Equal(
        """{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}},"strict":true},"cache_control":{"type":"ephemeral"}}""",
        Write(new("f")
        {
            Parameters = Fitted.Parse("""{"type":"object","properties":{}}"""),
            Source = Fitted.Parse("""{"type":"function","function":{"name":"x","description":null,"parameters":{},"strict":true,"other":null},"cache_control":{"type":"ephemeral"}}"""),
        }));

    private static string Write(ToolDefinition tool) => Encoding.UTF8.GetString(WireJson.Compose(writer => ToolSchema.Write(writer, tool)));
}
