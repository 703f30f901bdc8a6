using System.Text.Json.Nodes;

namespace GGLib.Acceptance.Compatibility;

/// <summary>One message of a conversation, independent of the API: text in a role, a tool call, or the result of one.</summary>
internal sealed record Turn(string Role, string Text)
{
    /// <summary>The called tool; null for text and for results.</summary>
    public string? Tool { get; init; }

    /// <summary>The id of the call, or of the call that this is the result of; null for text.</summary>
    public string? CallId { get; init; }

    public static Turn User(string text) => new("user", text);

    public static Turn Assistant(string text) => new("assistant", text);

    public static Turn System(string text) => new("system", text);

    /// <param name="id">Its id.</param>
    /// <param name="tool">The called tool.</param>
    /// <param name="arguments">Its arguments, as the text of a JSON object; a call that was cut off has only a part of it.</param>
    public static Turn Call(string id, string tool, string arguments) => new("assistant", arguments) { CallId = id, Tool = tool };

    public static Turn Result(string id, string text) => new("tool", text) { CallId = id };

    /// <summary>The message as an API's clients send it.</summary>
    public JsonObject For(Api api) => (api, this) switch
    {
        (Api.OllamaChat, { Tool: { } tool }) => new()
        {
            ["role"] = "assistant",
            ["content"] = "",
            ["tool_calls"] = new JsonArray(new JsonObject { ["function"] = new JsonObject { ["name"] = tool, ["arguments"] = JsonNode.Parse(Text) } }),
        },
        (Api.ChatCompletions, { Tool: { } tool }) => new()
        {
            ["role"] = "assistant",
            ["content"] = null,
            ["tool_calls"] = new JsonArray(new JsonObject
            {
                ["id"] = CallId,
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = tool, ["arguments"] = Text },
            }),
        },
        (Api.ChatCompletions, { CallId: { } id }) => new() { ["role"] = "tool", ["tool_call_id"] = id, ["content"] = Text },
        (Api.Responses, { Tool: { } tool }) => new() { ["type"] = "function_call", ["call_id"] = CallId, ["name"] = tool, ["arguments"] = Text },
        (Api.Responses, { CallId: { } id }) => new() { ["type"] = "function_call_output", ["call_id"] = id, ["output"] = Text },
        (Api.Messages, { Tool: { } tool }) => new()
        {
            ["role"] = "assistant",
            ["content"] = new JsonArray(new JsonObject { ["type"] = "tool_use", ["id"] = CallId, ["name"] = tool, ["input"] = JsonNode.Parse(Text) }),
        },
        (Api.Messages, { CallId: { } id }) => new()
        {
            ["role"] = "user",
            ["content"] = new JsonArray(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = id, ["content"] = Text }),
        },
        _ => new() { ["role"] = Role, ["content"] = Text },
    };
}
