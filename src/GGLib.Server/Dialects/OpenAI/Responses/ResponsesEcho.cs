using System.Collections.Frozen;
using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>The parts of a request that its writer needs: the fields that a response repeats, the names of tools, and how thinking is shown. Immutable.</summary>
/// <param name="body">The request's body. It must be valid as long as the answer is written.</param>
internal sealed class ResponsesEcho(JsonElement body)
{
    /// <summary>The declared tools by the name that the model writes.</summary>
    public IReadOnlyDictionary<string, DeclaredTool> Tools { get; init; } = FrozenDictionary<string, DeclaredTool>.Empty;

    /// <summary>Whether the client asked for a summary of the thinking. The thinking itself is sent as the summary.</summary>
    public bool HasSummary { get; init; }

    /// <summary>Whether reasoning items have <c>encrypted_content</c>.</summary>
    public bool HasEncryptedThinking { get; init; }

    /// <summary>The items to store with the response; null if it is not stored.</summary>
    public IReadOnlyList<StoredItem>? StoredInput { get; init; }

    /// <summary>The repeated fields of a response object as JSON, without braces. Absent ones have OpenAI's defaults, or null where the model's own value applies.</summary>
    public byte[] Compose()
    {
        var json = WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            Write(writer, "instructions", "null"u8);
            Write(writer, "max_output_tokens", "null"u8);
            Write(writer, "max_tool_calls", "null"u8);
            Write(writer, "model", "\"\""u8);
            Write(writer, "parallel_tool_calls", "true"u8);
            Write(writer, "previous_response_id", "null"u8);
            Write(writer, "prompt_cache_key", "null"u8);
            WriteReasoning(writer);
            Write(writer, "safety_identifier", "null"u8);
            writer.WriteString("service_tier"u8, "default"u8);
            writer.WriteBoolean("store"u8, StoredInput is not null);
            Write(writer, "temperature", "null"u8);
            WriteText(writer);
            Write(writer, "tool_choice", "\"auto\""u8);
            WriteTools(writer);
            Write(writer, "top_logprobs", "0"u8);
            Write(writer, "top_p", "null"u8);
            Write(writer, "truncation", "\"disabled\""u8);
            Write(writer, "user", "null"u8);
            Write(writer, "metadata", "{}"u8);
            writer.WriteEndObject();
        });
        return json[1..^1];
    }

    private void Write(Utf8JsonWriter writer, string name, ReadOnlySpan<byte> absent) => Write(writer, body, name, absent);

    private static void Write(Utf8JsonWriter writer, JsonElement owner, string name, ReadOnlySpan<byte> absent)
    {
        writer.WritePropertyName(name);
        if (RequestFields.Any(owner, name) is { } value)
        {
            value.WriteTo(writer);
        }
        else
        {
            writer.WriteRawValue(absent);
        }
    }

    private void WriteReasoning(Utf8JsonWriter writer)
    {
        var reasoning = RequestFields.Any(body, "reasoning") ?? default;
        writer.WriteStartObject("reasoning"u8);
        Write(writer, reasoning, "effort", "null"u8);
        Write(writer, reasoning, "summary", "null"u8);
        writer.WriteEndObject();
    }

    private void WriteText(Utf8JsonWriter writer)
    {
        var text = RequestFields.Any(body, "text") ?? default;
        writer.WriteStartObject("text"u8);
        Write(writer, text, "format", """{"type":"text"}"""u8);
        Write(writer, text, "verbosity", "\"medium\""u8);
        writer.WriteEndObject();
    }

    private void WriteTools(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("tools"u8);
        foreach (var tool in RequestFields.Any(body, "tools")?.EnumerateArray() ?? default)
        {
            if (tool.TryGetProperty("type"u8, out var type) && type.ValueEquals("function"u8) && tool.TryGetProperty("name"u8, out _))
            {
                WriteFunction(writer, tool);
            }
            else
            {
                tool.WriteTo(writer);
            }
        }

        writer.WriteEndArray();
    }

    // The two fields that OpenAI's types require although requests may lack them.
    private static void WriteFunction(Utf8JsonWriter writer, JsonElement tool)
    {
        writer.WriteStartObject();
        foreach (var property in tool.EnumerateObject())
        {
            property.WriteTo(writer);
        }

        foreach (var name in (ReadOnlySpan<string>)["parameters", "strict"])
        {
            if (!tool.TryGetProperty(name, out _))
            {
                writer.WriteNull(name);
            }
        }

        writer.WriteEndObject();
    }
}
