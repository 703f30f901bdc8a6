using System.Text.Json;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.EngineRequests;

/// <summary>An Ollama chat as llama-server's <c>POST /v1/chat/completions</c>. Pure.</summary>
internal static class ChatTranslation
{
    /// <summary>What most templates call it; those that have none do not mind.</summary>
    public const string UsualSwitch = "enable_thinking";

    /// <summary>The body of the request to the engine.</summary>
    /// <param name="messages">The messages, in order.</param>
    /// <param name="tools">The tools as the client sent them, or null.</param>
    /// <param name="fields">What else the client asked for.</param>
    /// <param name="options">Its options.</param>
    /// <param name="thinkingSwitch">The template's name for its switch of thinking; null for a model that does not think.</param>
    /// <param name="contextLength">The runner's context in tokens.</param>
    public static byte[] Compose(IReadOnlyList<ChatMessage> messages, JsonElement? tools, InferenceFields fields, OllamaOptions options, string? thinkingSwitch, int contextLength) =>
        WireJson.Compose(writer =>
        {
            // The engine refuses log probabilities together with tools in a stream. But as one object its answer repeats a prefill: there the tools have to do.
            var isPrefilled = messages is [.., { Role: "assistant" }];
            var isWhole = tools is not null && fields.TopLogprobs is not null && !isPrefilled;
            writer.WriteStartObject();
            // Otherwise streamed for every client: an early end reaches the engine at once.
            writer.WriteBoolean("stream"u8, !isWhole);
            if (!isWhole)
            {
                writer.WriteStartObject("stream_options"u8);
                writer.WriteBoolean("include_usage"u8, true);
                writer.WriteEndObject();
            }

            WriteMessages(writer, messages);
            if (tools is { } given)
            {
                writer.WritePropertyName("tools"u8);
                ToolTranslation.Write(writer, given);
            }

            if (thinkingSwitch is not null)
            {
                WriteThinking(writer, thinkingSwitch, fields.Think);
            }

            WriteFormat(writer, fields.Format);
            // With 0 llama-server sends none at all.
            if (fields.TopLogprobs is { } top && (tools is null || isWhole))
            {
                writer.WriteBoolean("logprobs"u8, true);
                writer.WriteNumber("top_logprobs"u8, Math.Max(1, top));
            }

            SamplingTranslation.Write(writer, options, contextLength);
            writer.WriteEndObject();
        });

    /// <summary>The chat as the body of <c>POST /apply-template</c>, for an answer that is constrained from its first token: without thinking.</summary>
    public static byte[] Template(IReadOnlyList<ChatMessage> messages) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        WriteMessages(writer, messages);
        WriteThinking(writer, UsualSwitch, new ThinkField(false, null));
        writer.WriteEndObject();
    });

    private static void WriteMessages(Utf8JsonWriter writer, IReadOnlyList<ChatMessage> messages)
    {
        writer.WriteStartArray("messages"u8);
        // A result that names only its tool belongs to the latest call of that tool; one that names nothing, as clients wrote before there were names, to the
        // first call without a result.
        var latestCalls = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new List<(string Id, string Name)>();
        var calls = 0;
        foreach (var message in messages)
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, message.Role);
            WriteContent(writer, message);
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
                    open.Add((id, call.Name));
                    writer.WriteStartObject();
                    writer.WriteString("id"u8, id);
                    writer.WriteString("type"u8, "function"u8);
                    writer.WriteStartObject("function"u8);
                    writer.WriteString("name"u8, call.Name);
                    writer.WriteString("arguments"u8, call.Arguments);
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            var (callId, toolName) = (message.ToolCallId, message.ToolName);
            if (callId.Length == 0)
            {
                callId = latestCalls.GetValueOrDefault(toolName, "");
            }

            if (message.Role is "tool" && callId.Length == 0 && toolName.Length == 0 && open.Count > 0)
            {
                (callId, toolName) = open[0];
            }

            open.RemoveAll(call => call.Id == callId);
            if (toolName.Length > 0)
            {
                writer.WriteString("name"u8, toolName);
            }

            if (callId.Length > 0)
            {
                writer.WriteString("tool_call_id"u8, callId);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteContent(Utf8JsonWriter writer, ChatMessage message)
    {
        if (message.Images.Count == 0)
        {
            writer.WriteString("content"u8, message.Content);
            return;
        }

        writer.WriteStartArray("content"u8);
        if (message.Content.Length > 0)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("text"u8, message.Content);
            writer.WriteEndObject();
        }

        foreach (var file in message.Images)
        {
            MediaTranslation.WritePart(writer, file);
        }

        writer.WriteEndArray();
    }

    private static void WriteThinking(Utf8JsonWriter writer, string name, ThinkField? think)
    {
        // Absent means on.
        writer.WriteStartObject("chat_template_kwargs"u8);
        writer.WriteBoolean(name, think?.Enabled ?? true);
        if (think?.Level is { } level)
        {
            writer.WriteString("reasoning_effort"u8, level);
        }

        writer.WriteEndObject();
    }

    private static void WriteFormat(Utf8JsonWriter writer, JsonElement? format)
    {
        if (format is not { } given)
        {
            return;
        }

        writer.WriteStartObject("response_format"u8);
        if (given.ValueKind is JsonValueKind.String)
        {
            writer.WriteString("type"u8, "json_object"u8);
        }
        else
        {
            writer.WriteString("type"u8, "json_schema"u8);
            writer.WriteStartObject("json_schema"u8);
            writer.WriteString("name"u8, "schema"u8);
            writer.WritePropertyName("schema"u8);
            given.WriteTo(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
