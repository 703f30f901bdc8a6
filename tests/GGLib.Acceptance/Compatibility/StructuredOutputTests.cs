using System.Text.Json;

namespace GGLib.Acceptance.Compatibility;

/// <summary>A schema of the answer is enforced on every API.</summary>
public sealed class StructuredOutputTests(CompatibilityServer server)
{
    private const string City = """{"type":"object","properties":{"city":{"type":"string","maxLength":9}},"required":["city"],"additionalProperties":false}""";

    [Theory]
    [MemberData(nameof(Apis.AllStreamedOrNot), MemberType = typeof(Apis))]
    public async Task A_schema_shapes_the_answer(Api api, bool stream)
    {
        foreach (var thinks in new[] { false, true })
        {
            var answer = await server.AskAsync(api, new ApiRequest("demo-chat", Turn.User("What is the capital of France?")) { Schema = City, Stream = stream, Limit = 200, Thinks = thinks });
            Assert.Equal("city", Assert.Single(JsonElement.Parse(answer.Text).EnumerateObject()).Name);
        }
    }

    [Theory]
    [MemberData(nameof(Apis.AllStreamedOrNot), MemberType = typeof(Apis))]
    public async Task A_schema_shapes_the_answer_under_a_Go_template(Api api, bool stream)
    {
        var model = await server.CreateAsync($"schema-go-{api}-{stream}", """
            "template":"{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"
            """);
        var answer = await server.AskAsync(api, new ApiRequest(model, Turn.User("What is the capital of France?")) { Schema = City, Stream = stream, Thinks = null });
        Assert.Equal("city", Assert.Single(JsonElement.Parse(answer.Text).EnumerateObject()).Name);
    }

    [Theory]
    [MemberData(nameof(Apis.All), MemberType = typeof(Apis))]
    public async Task Every_part_of_a_schema_is_enforced(Api api)
    {
        const string Schema = """{"type":"object","properties":{"kind":{"enum":["zig","zag"]},"yes":{"type":"boolean"},"list":{"type":"array","items":{"type":"integer","minimum":1,"maximum":9},"minItems":2,"maxItems":2}},"required":["kind","yes","list"],"additionalProperties":false}""";
        var answer = JsonElement.Parse((await server.AskAsync(api, new ApiRequest("demo-chat", Turn.User("What is the capital of France?")) { Schema = Schema })).Text);
        Assert.Contains(answer.GetProperty("kind").GetString(), new[] { "zig", "zag" });
        Assert.True(answer.GetProperty("yes").ValueKind is JsonValueKind.True or JsonValueKind.False);
        Assert.Equal(2, answer.GetProperty("list").GetArrayLength());
        Assert.All(answer.GetProperty("list").EnumerateArray(), static number => Assert.InRange(number.GetInt32(), 1, 9));
    }

    [Theory]
    [MemberData(nameof(Apis.All), MemberType = typeof(Apis))]
    public async Task A_schema_that_the_engine_cannot_use_is_enforced_or_rejected_by_its_own_error(Api api)
    {
        foreach (var schema in new[]
        {
            """{"type":"object","properties":{"a":{"type":"string","pattern":"^[a-z]{2}$"}},"required":["a"],"additionalProperties":false}""",
            """{"type":"object","properties":{"a":{"type":["integer","null"]}},"required":["a"],"additionalProperties":false}""",
            """{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"required":["a"],"additionalProperties":false,"$defs":{"A":{"type":"boolean"}}}""",
            """{"type":"object","properties":{"a":{"anyOf":[{"const":1},{"const":2}]}},"required":["a"],"additionalProperties":false}""",
        })
        {
            var answer = await server.AskAsync(api, new ApiRequest("demo-chat", Turn.User("What is the capital of France?")) { Schema = schema });
            Assert.Equal("a", Assert.Single(JsonElement.Parse(answer.Text).EnumerateObject()).Name);
        }
    }

    [Theory]
    [InlineData("/api/chat", """{"model":"demo-chat","stream":false,"think":false,"format":"json","options":{"num_predict":200,"temperature":0},"messages":[{"role":"user","content":"What is the capital of France?"}]}""", Api.OllamaChat)]
    [InlineData("/v1/chat/completions", """{"model":"demo-chat","reasoning_effort":"none","max_tokens":200,"temperature":0,"response_format":{"type":"json_object"},"messages":[{"role":"user","content":"What is the capital of France?"}]}""", Api.ChatCompletions)]
    [InlineData("/v1/responses", """{"model":"demo-chat","reasoning":{"effort":"none"},"max_output_tokens":200,"temperature":0,"text":{"format":{"type":"json_object"}},"input":"What is the capital of France?"}""", Api.Responses)]
    public async Task JSON_mode_writes_an_object(string path, string body, Api api)
    {
        var answer = ApiAnswer.Read(api, (await server.AskAsync(path, body)).Json);
        Assert.StartsWith("{", answer.Text.TrimStart(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"demo-chat","response_format":{"type":"nope"},"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1/responses", """{"model":"demo-chat","text":{"format":{"type":"nope"}},"input":"hi"}""")]
    public async Task An_unknown_format_is_an_error(string path, string body)
    {
        var reply = await server.PostAsync(path, body);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, reply.Status);
        Assert.NotEmpty(reply.Json.GetProperty("error").GetProperty("message").GetString()!);
    }
}
