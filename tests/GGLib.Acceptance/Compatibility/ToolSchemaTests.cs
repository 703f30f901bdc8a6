using System.Net;
using System.Text.Json.Nodes;

namespace GGLib.Acceptance.Compatibility;

/// <summary>Tool definitions as MCP servers and typed clients send them never fail a request.</summary>
public sealed class ToolSchemaTests(CompatibilityServer server)
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"extra":true}}""")]
    [InlineData("""{"type":"object","properties":{"extra":false}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":true}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[true,{"type":"null"}]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","null"]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"date"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/nowhere"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"https://example.com/schema.json"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/Node"}},"$defs":{"Node":{"type":"object","properties":{"next":{"$ref":"#/$defs/Node"}}}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"([a-z"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"^\\d+$"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"[a-z]+","minLength":2}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","minLength":"2"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","format":"email"}},"required":"a"}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","enum":null}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","enum":[]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"const":1}},"required":null}""")]
    [InlineData("""{"type":"object","properties":null}""")]
    [InlineData("""{"type":"object","properties":{"a":null}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"description":null,"default":null,"title":null,"type":"string"}}}""")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{},"additionalProperties":false}""")]
    [InlineData("""{"type":"object"}""")]
    [InlineData("{}")]
    public async Task A_schema_is_accepted(string schema)
    {
        foreach (var api in Enum.GetValues<Api>())
        {
            var reply = await server.PostAsync(ApiRequest.PathOf(api), Ask(schema).BodyFor(api));
            Assert.True(reply.Status is HttpStatusCode.OK, $"{api}: {reply.Status} {reply.Text}");
        }
    }

    /// <summary>A forced call is one whose grammar the engine must be able to make.</summary>
    [Theory]
    [InlineData("""{"type":"object","properties":{"extra":true}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/nowhere"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"date"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"([a-z"}}}""")]
    public async Task A_schema_is_accepted_for_a_forced_call(string schema)
    {
        foreach (var api in new[] { Api.ChatCompletions, Api.Responses, Api.Messages })
        {
            var reply = await server.PostAsync(ApiRequest.PathOf(api), (Ask(schema) with { Choice = "f" }).BodyFor(api));
            Assert.True(reply.Status is HttpStatusCode.OK, $"{api}: {reply.Status} {reply.Text}");
        }
    }

    [Theory]
    [InlineData("/api/chat", """{"type":"function","function":{"name":"f","description":null,"parameters":{"type":"object","properties":{}}}}""")]
    [InlineData("/api/chat", """{"type":"function","function":{"name":"f"}}""")]
    [InlineData("/api/chat", """{"type":"function","function":{"name":"f","parameters":null}}""")]
    [InlineData("/v1/chat/completions", """{"type":"function","function":{"name":"f","description":null,"parameters":{"type":"object","properties":{}}}}""")]
    [InlineData("/v1/chat/completions", """{"type":"function","function":{"name":"f","strict":null,"parameters":null}}""")]
    [InlineData("/v1/chat/completions", """{"type":"function","function":{"name":"f"}}""")]
    [InlineData("/v1/messages", """{"name":"f","description":null,"input_schema":{"type":"object","properties":null,"required":null},"cache_control":null}""")]
    [InlineData("/v1/messages", """{"type":"custom","name":"f","input_schema":{"type":"object"}}""")]
    [InlineData("/v1/responses", """{"type":"function","name":"f","description":null,"parameters":null,"strict":null}""")]
    [InlineData("/v1/responses", """{"type":"function","name":"f"}""")]
    public async Task A_definition_with_nulls_is_accepted(string path, string tool)
    {
        var api = Enum.GetValues<Api>().Single(api => ApiRequest.PathOf(api) == path);
        var body = JsonNode.Parse(Ask("{}").BodyFor(api))!;
        body["tools"] = new JsonArray(JsonNode.Parse(tool));
        await server.AskAsync(path, body.ToJsonString());
    }

    private static ApiRequest Ask(string schema) =>
        new("demo-chat", Turn.User("What is the capital of France?")) { Limit = 4, Tools = new Dictionary<string, string> { ["f"] = schema } };
}
