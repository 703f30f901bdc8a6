using System.Text.Json;
using GGLib.Server.EngineRequests.Schemas;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>Writes a conversation as the body of llama-server's <c>POST /v1/chat/completions</c> and <c>POST /apply-template</c>. Pure.</summary>
internal static class ChatBody
{
    /// <summary>The name that most templates use for their thinking switch. Templates without a switch ignore it.</summary>
    public const string UsualThinkingSwitch = "enable_thinking";

    /// <summary>The body of a chat.</summary>
    /// <param name="request">The request.</param>
    /// <param name="messages">Its messages, or those of them that fit.</param>
    /// <param name="shape">How the engine is to answer.</param>
    public static byte[] Compose(InferenceRequest request, IReadOnlyList<ChatMessage> messages, ChatShape shape) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        if (shape.Alias is not null)
        {
            writer.WriteString("model"u8, shape.Alias);
        }

        writer.WriteBoolean("stream"u8, shape.Stream);
        if (shape is { Stream: true, IncludeUsage: true })
        {
            writer.WriteStartObject("stream_options"u8);
            writer.WriteBoolean("include_usage"u8, true);
            writer.WriteEndObject();
        }

        if (shape.ReportsProgress)
        {
            writer.WriteBoolean("return_progress"u8, true);
        }

        if (shape.ReportsStopSequence)
        {
            writer.WriteBoolean("verbose"u8, true);
        }

        WriteMessages(writer, messages);
        WriteTools(writer, request.Tools);
        WriteToolChoice(writer, request);
        WriteThinking(writer, request, shape.ThinkingSwitch);
        WriteFormat(writer, request.Format);
        if (request.TopLogprobs is { } top && shape.Logprobs)
        {
            // With 0 alternatives llama-server sends no log probabilities at all.
            writer.WriteBoolean("logprobs"u8, true);
            writer.WriteNumber("top_logprobs"u8, Math.Max(1, top));
        }

        if (request.ChoiceCount > 1)
        {
            writer.WriteNumber("n"u8, request.ChoiceCount);
        }

        SamplingFields.Write(writer, request, shape.ContextLength);
        ForwardedFields.Write(writer, request.Forwarded);
        writer.WriteEndObject();
    });

    /// <summary>The body of <c>POST /apply-template</c> for an answer that is constrained from its first token: without thinking, and free to call any tool.</summary>
    public static byte[] ComposeUnthinking(InferenceRequest request, IReadOnlyList<ChatMessage> messages, string? thinkingSwitch) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        WriteMessages(writer, messages);
        WriteTools(writer, request.Tools);
        WriteThinking(writer, request with { Thinking = new ThinkingRequest(false) }, thinkingSwitch ?? UsualThinkingSwitch);
        writer.WriteEndObject();
    });

    private static void WriteMessages(Utf8JsonWriter writer, IReadOnlyList<ChatMessage> messages)
    {
        writer.WriteStartArray("messages"u8);

        // A result that names only its tool belongs to the latest call of that tool. One that names nothing belongs to the first call without a result.
        var latestCalls = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new Queue<(string Id, string Name)>();
        var answered = new HashSet<string>(StringComparer.Ordinal);
        var calls = 0;
        foreach (var message in messages)
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, message.Role);
            MessageContent.Write(writer, message);
            if (message.Thinking.Length > 0)
            {
                writer.WriteString("reasoning_content"u8, message.Thinking);
            }

            if (message.ToolCalls.Count > 0)
            {
                writer.WriteStartArray("tool_calls"u8);
                foreach (var call in message.ToolCalls)
                {
                    var id = call.Id.Length > 0 ? call.Id : $"call_{calls}";
                    calls++;
                    latestCalls[call.Name] = id;
                    open.Enqueue((id, call.Name));
                    answered.Remove(id);
                    WriteCall(writer, id, call);
                }

                writer.WriteEndArray();
            }

            var (callId, toolName) = (message.ToolCallId, message.ToolName);
            if (callId.Length == 0)
            {
                callId = latestCalls.GetValueOrDefault(toolName, "");
            }

            while (open.TryPeek(out var first) && answered.Contains(first.Id))
            {
                open.Dequeue();
            }

            if (message.Role is "tool" && callId.Length == 0 && toolName.Length == 0 && open.TryPeek(out var unanswered))
            {
                (callId, toolName) = unanswered;
            }

            answered.Add(callId);
            if (toolName.Length > 0)
            {
                writer.WriteString("name"u8, toolName);
            }

            if (callId.Length > 0)
            {
                writer.WriteString("tool_call_id"u8, callId);
            }

            ForwardedFields.Write(writer, message.Forwarded);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteCall(Utf8JsonWriter writer, string id, ToolCall call)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, call.Name);
        writer.WriteString("arguments"u8, call.Arguments);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter writer, IReadOnlyList<ToolDefinition> tools)
    {
        if (tools.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            ToolSchema.Write(writer, tool);
        }

        writer.WriteEndArray();
    }

    private static void WriteToolChoice(Utf8JsonWriter writer, InferenceRequest request)
    {
        if (request.Tools.Count == 0)
        {
            return;
        }

        if (request.ToolChoice.Mode is ToolChoiceMode.Required)
        {
            // llama-server has no form for a named tool. The others have been left out by now, so that "required" calls the right one.
            writer.WriteString("tool_choice"u8, "required"u8);
        }

        if (request.ParallelToolCalls is { } parallel)
        {
            writer.WriteBoolean("parallel_tool_calls"u8, parallel);
        }
    }

    private static void WriteThinking(Utf8JsonWriter writer, InferenceRequest request, string? name)
    {
        var thinking = request.Thinking;
        var given = request.Forwarded.FirstOrDefault(static field => field is { Name: "chat_template_kwargs", Value.ValueKind: JsonValueKind.Object }).Value;
        var isGiven = given.ValueKind is JsonValueKind.Object;
        if (name is null && !isGiven)
        {
            return;
        }

        // The client's field for thinking overrides its template arguments; these override the API's default.
        var writesSwitch = name is not null && (thinking is { IsDefault: false } || !isGiven || !given.TryGetProperty(name!, out _));
        var effort = name is not null && thinking is { Enabled: not false } ? thinking.Effort : null;
        writer.WriteStartObject("chat_template_kwargs"u8);
        if (writesSwitch)
        {
            writer.WriteBoolean(name!, thinking?.Enabled ?? true);
        }

        if (effort is not null)
        {
            writer.WriteString("reasoning_effort"u8, effort);
        }

        if (isGiven)
        {
            foreach (var property in given.EnumerateObject().Where(property => !(writesSwitch && property.NameEquals(name)) && !(effort is not null && property.NameEquals("reasoning_effort"u8))))
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
        if (name is not null && thinking is { Enabled: not false, BudgetTokens: { } budget })
        {
            writer.WriteNumber("reasoning_budget_tokens"u8, budget);
        }
    }

    private static void WriteFormat(Utf8JsonWriter writer, OutputFormat? format)
    {
        if (format is null)
        {
            return;
        }

        writer.WriteStartObject("response_format"u8);
        if (format.Schema is not { } schema)
        {
            writer.WriteString("type"u8, "json_object"u8);
        }
        else
        {
            writer.WriteString("type"u8, "json_schema"u8);
            writer.WriteStartObject("json_schema"u8);
            writer.WriteString("name"u8, "schema"u8);
            writer.WritePropertyName("schema"u8);
            SchemaFitting.Write(writer, schema);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
