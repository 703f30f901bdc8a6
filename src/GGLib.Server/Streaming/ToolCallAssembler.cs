using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using GGLib.Server.Json;

namespace GGLib.Server.Streaming;

/// <summary>Joins the fragments of an answer's tool calls, for writers that send whole calls. For one answer; not thread-safe.</summary>
internal sealed class ToolCallAssembler
{
    private SortedDictionary<int, Call>? _calls;

    public void Add(scoped in StreamEvent piece)
    {
        _calls ??= [];
        if (!_calls.TryGetValue(piece.ToolIndex, out var call))
        {
            _calls[piece.ToolIndex] = call = new Call();
        }

        if (!piece.ToolId.IsEmpty)
        {
            call.Id = EscapedText.ToText(piece.ToolId);
        }

        if (!piece.ToolName.IsEmpty)
        {
            call.Name = EscapedText.ToText(piece.ToolName);
        }

        call.Arguments.Write(piece.Text);
    }

    /// <summary>Returns the calls as the JSON array of <c>tool_calls</c>; empty if there are none.</summary>
    /// <returns>False, with the reason, if the model wrote arguments that are not a JSON object.</returns>
    public bool TryAssemble(FinishReason finish, out byte[] array, out string? error)
    {
        (array, error) = ([], null);
        if (_calls is null)
        {
            return true;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, WireJson.Options);
        writer.WriteStartArray();
        var index = 0;
        foreach (var call in _calls.Values)
        {
            if (Arguments(call) is not { } arguments)
            {
                // The token limit truncated the last call. It is left out; the finish reason reports the limit.
                if (finish is FinishReason.Length)
                {
                    continue;
                }

                error = $"the model called tool '{call.Name}' with arguments that are not a JSON object";
                return false;
            }

            writer.WriteStartObject();
            writer.WriteString("id"u8, call.Id ?? NewId());
            writer.WriteStartObject("function"u8);
            writer.WriteNumber("index"u8, index++);
            writer.WriteString("name"u8, call.Name);
            writer.WritePropertyName("arguments"u8);
            writer.WriteRawValue(arguments);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        array = index == 0 ? [] : buffer.WrittenSpan.ToArray();
        return true;
    }

    /// <summary>Writes the calls in OpenAI's form as a property of the current object; nothing if there are none. Arguments are written as the model wrote them.</summary>
    public void WriteOpenAI(Utf8JsonWriter writer)
    {
        if (_calls is null)
        {
            return;
        }

        writer.WriteStartArray("tool_calls"u8);
        foreach (var call in _calls.Values)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, call.Id ?? NewId());
            writer.WriteString("type"u8, "function"u8);
            writer.WriteStartObject("function"u8);
            writer.WriteString("name"u8, call.Name);
            writer.WriteString("arguments"u8, EscapedText.ToText(call.Arguments.WrittenSpan));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes the first call as OpenAI's older property <c>function_call</c>; nothing if there is none.</summary>
    public void WriteFunction(Utf8JsonWriter writer)
    {
        if (_calls?.Values.FirstOrDefault() is not { } call)
        {
            return;
        }

        writer.WriteStartObject("function_call"u8);
        writer.WriteString("name"u8, call.Name);
        writer.WriteString("arguments"u8, EscapedText.ToText(call.Arguments.WrittenSpan));
        writer.WriteEndObject();
    }

    /// <summary>Returns a new call id in Ollama's form.</summary>
    public static string NewId() => "call_" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 8);

    private static string? Arguments(Call call)
    {
        var text = EscapedText.ToText(call.Arguments.WrittenSpan);
        if (string.IsNullOrWhiteSpace(text))
        {
            return "{}";
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            // Line feeds occur only between JSON tokens. An NDJSON answer must stay on one line.
            return document.RootElement.ValueKind == JsonValueKind.Object ? text.ReplaceLineEndings(" ") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed class Call
    {
        public string? Id { get; set; }

        public string Name { get; set; } = "";

        public ArrayBufferWriter<byte> Arguments { get; } = new();
    }
}
