using System.Text.Json.Nodes;

namespace GGLib.Acceptance.Compatibility;

/// <summary>A request as every API can express it. Thinking is off and the answer deterministic unless a test asks otherwise.</summary>
internal sealed record ApiRequest(string Model, params IReadOnlyList<Turn> Turns)
{
    public bool Stream { get; init; }

    /// <summary>The most tokens of the answer.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Whether calling several tools at once is forbidden.</summary>
    public bool CallsOneAtMost { get; init; }

    /// <summary>Whether the model thinks; null leaves it to the model.</summary>
    public bool? Thinks { get; init; } = false;

    /// <summary>The schemas of the tools, by name.</summary>
    public IReadOnlyDictionary<string, string> Tools { get; init; } = new Dictionary<string, string>();

    /// <summary><c>none</c>, <c>required</c>, or the name of the only tool to call; null for the API's default.</summary>
    public string? Choice { get; init; }

    /// <summary>A schema of the answer; null for free text.</summary>
    public string? Schema { get; init; }

    public string? Stop { get; init; }

    public static string PathOf(Api api) => api switch
    {
        Api.OllamaChat => "/api/chat",
        Api.ChatCompletions => "/v1/chat/completions",
        Api.Responses => "/v1/responses",
        _ => "/v1/messages",
    };

    /// <summary>The body as an API's clients send it.</summary>
    public string BodyFor(Api api)
    {
        var body = new JsonObject { ["model"] = Model, ["stream"] = Stream };
        switch (api)
        {
            case Api.OllamaChat:
                WriteOllama(body);
                break;
            case Api.ChatCompletions:
                WriteChat(body);
                break;
            case Api.Responses:
                WriteResponses(body);
                break;
            default:
                WriteMessages(body);
                break;
        }

        return body.ToJsonString();
    }

    private static JsonArray Array(IEnumerable<JsonNode> nodes) => new([.. nodes]);

    private void WriteOllama(JsonObject body)
    {
        body["messages"] = Array(Turns.Select(static turn => turn.For(Api.OllamaChat)));
        body["options"] = new JsonObject { ["num_predict"] = Limit, ["temperature"] = 0 };
        AddIf(Thinks is not null, body, "think", Thinks);
        AddIf(Schema is not null, body, "format", Json(Schema));
        AddIf(Tools.Count > 0, body, "tools", Array(Tools.Select(static tool => Function(tool.Key, tool.Value))));
        AddIf(Stop is not null, body["options"]!.AsObject(), "stop", new JsonArray(Stop));
    }

    private void WriteChat(JsonObject body)
    {
        body["messages"] = Array(Turns.Select(static turn => turn.For(Api.ChatCompletions)));
        body["max_tokens"] = Limit;
        body["temperature"] = 0;
        AddIf(Stream, body, "stream_options", new JsonObject { ["include_usage"] = true });
        AddIf(Thinks is not null, body, "reasoning_effort", Thinks is false ? "none" : "low");
        AddIf(Schema is not null, body, "response_format", new JsonObject
        {
            ["type"] = "json_schema",
            ["json_schema"] = new JsonObject { ["name"] = "answer", ["strict"] = true, ["schema"] = Json(Schema) },
        });
        AddIf(Tools.Count > 0, body, "tools", Array(Tools.Select(static tool => Function(tool.Key, tool.Value))));
        AddIf(Stop is not null, body, "stop", new JsonArray(Stop));
        AddIf(CallsOneAtMost, body, "parallel_tool_calls", false);
        AddIf(Choice is not null, body, "tool_choice", Choice is "none" or "required"
            ? Choice
            : new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = Choice } });
    }

    private void WriteResponses(JsonObject body)
    {
        body["input"] = Array(Turns.Select(static turn => turn.For(Api.Responses)));
        body["max_output_tokens"] = Limit;
        body["temperature"] = 0;
        AddIf(Thinks is not null, body, "reasoning", new JsonObject { ["effort"] = Thinks is false ? "none" : "low" });
        AddIf(Schema is not null, body, "text", new JsonObject
        {
            ["format"] = new JsonObject { ["type"] = "json_schema", ["name"] = "answer", ["strict"] = true, ["schema"] = Json(Schema) },
        });
        AddIf(Tools.Count > 0, body, "tools", Array(Tools.Select(static tool => new JsonObject
        {
            ["type"] = "function",
            ["name"] = tool.Key,
            ["parameters"] = Json(tool.Value),
        })));
        AddIf(CallsOneAtMost, body, "parallel_tool_calls", false);
        AddIf(Choice is not null, body, "tool_choice", Choice is "none" or "required" ? Choice : new JsonObject { ["type"] = "function", ["name"] = Choice });
    }

    private void WriteMessages(JsonObject body)
    {
        // Its clients send system prompts in a field of their own; only later ones are messages.
        var first = Turns.TakeWhile(static turn => turn.Role is "system").ToList();
        AddIf(first.Count > 0, body, "system", Array(first.Select(static turn => new JsonObject { ["type"] = "text", ["text"] = turn.Text })));
        body["messages"] = Array(Turns.Skip(first.Count).Select(static turn => turn.For(Api.Messages)));
        body["max_tokens"] = Limit;
        body["temperature"] = 0;
        AddIf(Thinks is not null, body, "thinking", Thinks is false ? new JsonObject { ["type"] = "disabled" } : new JsonObject { ["type"] = "adaptive" });
        AddIf(Schema is not null, body, "output_config", new JsonObject { ["format"] = new JsonObject { ["type"] = "json_schema", ["schema"] = Json(Schema) } });
        AddIf(Tools.Count > 0, body, "tools", Array(Tools.Select(static tool => new JsonObject { ["name"] = tool.Key, ["input_schema"] = Json(tool.Value) })));
        AddIf(Stop is not null, body, "stop_sequences", new JsonArray(Stop));
        AddIf(Choice is not null, body, "tool_choice", Choice switch
        {
            "none" => new JsonObject { ["type"] = "none" },
            "required" => new JsonObject { ["type"] = "any" },
            _ => new JsonObject { ["type"] = "tool", ["name"] = Choice },
        });
        if (CallsOneAtMost)
        {
            body["tool_choice"] ??= new JsonObject { ["type"] = "auto" };
            body["tool_choice"]!["disable_parallel_tool_use"] = true;
        }
    }

    private static JsonObject Function(string name, string schema) => new()
    {
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = name, ["description"] = "d", ["parameters"] = Json(schema) },
    };

    private static JsonNode? Json(string? text) => text is null ? null : JsonNode.Parse(text);

    private static void AddIf(bool applies, JsonObject body, string name, JsonNode? value)
    {
        if (applies)
        {
            body[name] = value;
        }
    }
}
