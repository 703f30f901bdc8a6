using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Reads <c>POST /v1/chat/completions</c>. Source: OpenAI's API reference, and Ollama's compatibility layer for error texts.</summary>
internal static class ChatReader
{
    private static readonly string[] MaxTokens = ["max_completion_tokens", "max_tokens", "n_predict"];

    public static ReadRequest Read(HttpContext context, RequestBody body)
    {
        if (CommonFields.Read(context, body, MaxTokens, IsRead, out var failure) is not { } common)
        {
            return failure!;
        }

        var json = body.Json;
        if (json.Given("messages"u8) is not { ValueKind: JsonValueKind.Array } messages || messages.GetArrayLength() == 0)
        {
            return new InferenceFailure.InvalidRequest("[] is too short - 'messages'", "messages");
        }

        if (json.Given("top_logprobs"u8) is { } top && (top.ValueKind is not JsonValueKind.Number || top.GetDouble() is < 0 or > 20))
        {
            return new InferenceFailure.InvalidRequest("top_logprobs must be between 0 and 20", "top_logprobs");
        }

        var thinking = ReasoningEffort.Read(json, out var wrong);
        if (wrong is not null)
        {
            return new InferenceFailure.InvalidRequest(wrong, json.Given("reasoning_effort"u8) is null ? "reasoning" : "reasoning_effort");
        }

        var reader = new ChatMessages();
        var conversation = reader.Read(messages);
        var tools = ToolsField.Read(json, out var badTools);
        var format = FormatField.Read(json, out var badFormat);
        var choice = ToolChoiceField.Read(json, out var badChoice);
        var parallel = Flag(json, "parallel_tool_calls", out var badParallel);
        var logprobs = Flag(json, "logprobs", out var badLogprobs);
        if ((reader.Failure ?? badTools ?? badFormat ?? badChoice ?? badParallel ?? badLogprobs) is { } invalid)
        {
            return invalid;
        }

        var isLegacy = UsesFunctions(json);
        var request = common with
        {
            Messages = conversation,
            Tools = tools,
            ToolChoice = choice,
            // An answer in the form of functions can hold one call.
            ParallelToolCalls = isLegacy ? false : parallel,
            Format = format,
            Thinking = thinking,
            TopLogprobs = logprobs is true ? json.Given("top_logprobs"u8) is { ValueKind: JsonValueKind.Number } count && count.TryGetInt32(out var alternatives) ? alternatives : 0 : null,
        };
        return new ReadRequest(request, null) { IsWritten = isLegacy, Echo = isLegacy ? ChatForm.Functions : ChatForm.Tools };
    }

    /// <summary>Whether the client uses <c>functions</c>, the predecessor of <c>tools</c>, and expects <c>function_call</c> in the answer.</summary>
    private static bool UsesFunctions(JsonElement json) =>
        json.Given("functions"u8) is { ValueKind: JsonValueKind.Array } functions && functions.GetArrayLength() > 0 && json.Given("tools"u8) is not { ValueKind: JsonValueKind.Array };

    private static bool? Flag(JsonElement json, string name, out InferenceFailure? failure)
    {
        failure = null;
        if (!json.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        failure = new InferenceFailure.InvalidRequest($"{name} must be a boolean", name);
        return null;
    }

    private static bool IsRead(string name) => name is "messages" or "tools" or "tool_choice" or "parallel_tool_calls" or "response_format" or "json_schema" or "reasoning_effort" or "reasoning" or "logprobs" or "top_logprobs"
        or "functions" or "function_call";
}
