using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using GGLib.Tests.Server.EngineRequests.Schemas;

namespace GGLib.Acceptance.Schemas;

/// <summary>JSON schemas of every kind through every API, over the real llama-server.</summary>
public sealed class SchemaTests(DemoServer server)
{
    private const string Messages = """[{"role":"user","content":"What is the weather in Paris?"}]""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Chat_completions_take_every_schema_of_a_tool() =>
        AllSucceedAsync("/v1/chat/completions", SchemaCorpus.All, static schema => $$$$$"""
            {"model":"demo-chat","max_tokens":1,"messages":{{{{{Messages}}}}},"tool_choice":"required","tools":[{"type":"function","function":{"name":"f","description":null,"parameters":{{{{{schema}}}}}}}]}
            """);

    [Fact]
    public Task Chat_completions_take_every_schema_of_an_answer() =>
        AllSucceedAsync("/v1/chat/completions", SchemaCorpus.All, static schema => $$$$$"""
            {"model":"demo-chat","max_tokens":8,"messages":{{{{{Messages}}}}},"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{{{{{schema}}}}}}}}
            """);

    // On /api/*, an array for properties is an error, as it is in Ollama.
    [Fact]
    public Task The_native_API_takes_every_schema_of_a_tool() =>
        AllSucceedAsync("/api/chat", SchemaCorpus.All.Where(static schema => !HasArrayOfProperties(schema)), static schema => $$$$$"""
            {"model":"demo-chat","stream":false,"options":{"num_predict":1},"messages":{{{{{Messages}}}}},"tools":[{"type":"function","function":{"name":"f","parameters":{{{{{schema}}}}}}}]}
            """);

    [Fact]
    public Task The_native_API_takes_every_schema_of_an_answer() =>
        AllSucceedAsync("/api/chat", SchemaCorpus.All.Where(static schema => schema.StartsWith('{') && !HasUnknownType(schema)), static schema => $$$$$"""
            {"model":"demo-chat","stream":false,"options":{"num_predict":8},"messages":{{{{{Messages}}}}},"format":{{{{{schema}}}}}}
            """);

    [Fact]
    public Task Messages_take_every_schema_of_a_tool() =>
        AllSucceedAsync("/v1/messages", SchemaCorpus.All.Where(static schema => schema.StartsWith('{')), static schema => $$$$$"""
            {"model":"demo-chat","max_tokens":1,"messages":{{{{{Messages}}}}},"tool_choice":{"type":"any"},"tools":[{"name":"f","input_schema":{{{{{schema}}}}}}]}
            """);

    [Theory]
    [InlineData(@"^\d{3}-\d{4}$")]
    [InlineData(@"^\p{Lu}\p{Ll}{3}$")]
    [InlineData(@"^\w{2}\s\w{2}$")]
    [InlineData("""^"[a-z]{2}\\$""")]
    [InlineData(@"^[^\W\d_]{4}$")]
    [InlineData("^(red|green) (house|tree)$")]
    public async Task A_pattern_is_enforced(string pattern)
    {
        foreach (var seed in Enumerable.Range(1, 5))
        {
            var body = $$$$$"""
                {"model":"demo-chat","max_tokens":60,"temperature":1.5,"seed":{{{{{seed}}}}},"reasoning_effort":"none","messages":{{{{{Messages}}}}},
                "response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object","properties":{"a":{"type":"string","pattern":{{{{{Quoted(pattern)}}}}}}},"required":["a"]}}}}
                """;
            var (status, text) = await PostAsync("/v1/chat/completions", body);
            Assert.True(status == HttpStatusCode.OK, text);
            var choice = Parse(text).GetProperty("choices")[0];
            Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
            Assert.Matches(new Regex(pattern, RegexOptions.CultureInvariant), Parse(choice.GetProperty("message").GetProperty("content").GetString()!).GetProperty("a").GetString());
        }
    }

    private async Task AllSucceedAsync(string path, IEnumerable<string> schemas, Func<string, string> body)
    {
        var failures = new StringBuilder();
        foreach (var schema in schemas)
        {
            var (status, text) = await PostAsync(path, body(schema));

            // A few are longer than the demo model's context as part of a prompt.
            if (status != HttpStatusCode.OK && !text.Contains("context", StringComparison.OrdinalIgnoreCase) && !text.Contains("prompt is too long", StringComparison.Ordinal))
            {
                failures.AppendLine($"{(int)status} {text} for {schema[..Math.Min(schema.Length, 300)]}");
            }
        }

        Assert.Equal("", failures.ToString());
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Http.PostAsync(path, content, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static bool HasArrayOfProperties(string schema) =>
        Parse(schema) is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Array;

    // On /api/*, an unknown type at the root of a format is an error, as it is in Ollama.
    private static bool HasUnknownType(string schema) =>
        Parse(schema).TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
        && type.GetString() is not ("object" or "array" or "string" or "number" or "integer" or "boolean" or "null");

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json, new() { MaxDepth = 256 });
        return document.RootElement.Clone();
    }
}
