using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.EngineRequests;
using GGLib.Server.Json;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.Anthropic;

/// <summary><c>POST /v1/messages</c> and <c>/v1/messages/count_tokens</c>.</summary>
/// <param name="counts">Whether tokens are only counted: no limit need be said then.</param>
internal sealed class MessagesDialect(bool counts) : RelayDialect
{
    public override TextMark Texts => TextMark.Message;

    public override string ErrorEvent => "error";

    public override string? CheckForm(JsonElement request)
    {
        if (!counts && !(request.TryGetProperty("max_tokens"u8, out var limit) && limit.ValueKind is JsonValueKind.Number && limit.GetDouble() > 0))
        {
            return "max_tokens is required and must be positive";
        }

        if (!request.TryGetProperty("messages"u8, out var messages) || messages.ValueKind is not JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            return "messages is required";
        }

        return messages.EnumerateArray().Any(static message => message.ValueKind is not JsonValueKind.Object) ? "each of 'messages' must be an object" : null;
    }

    public override RelayRefusal? Check(JsonElement request, CatalogModel model, string name)
    {
        if (!model.Facts.Can(Capability.Completion))
        {
            return new($"\"{name}\" does not support chat", IsOfModel: true);
        }

        if (request.TryGetProperty("tools"u8, out var tools) && tools.ValueKind is JsonValueKind.Array && tools.GetArrayLength() > 0 && !model.Facts.Can(Capability.Tools))
        {
            return new($"{model.Name.Full} does not support tools", IsOfModel: true);
        }

        return request.GetProperty("messages"u8).EnumerateArray()
            .SelectMany(Blocks)
            .Select(block => Block(block, model))
            .FirstOrDefault(static refusal => refusal is not null);
    }

    /// <summary>
    /// Whether and how much to think: the engine reads neither <c>thinking</c> nor <c>output_config</c>, templates have switches of their own. A model that cannot think
    /// is told nothing, and refuses nothing: clients of this API ask every model the same.
    /// </summary>
    public override byte[] Fields(JsonElement request, CatalogModel model)
    {
        var enabled = Text(request, "thinking"u8, "type"u8) switch { "enabled" => true, "disabled" => false, _ => (bool?)null };
        var effort = Text(request, "output_config"u8, "effort"u8) switch { "xhigh" => "high", var level => level };
        if (!model.Facts.Can(Capability.Thinking) || (enabled is null && effort is null) || request.TryGetProperty("chat_template_kwargs"u8, out _))
        {
            return [];
        }

        var all = WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("chat_template_kwargs"u8);
            if (enabled is { } thinks)
            {
                writer.WriteBoolean(model.Facts.ThinkingSwitch ?? ChatTranslation.UsualSwitch, thinks);
            }

            if (effort is not null && enabled is not false)
            {
                writer.WriteString("reasoning_effort"u8, effort);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });
        return all[1..^1];
    }

    /// <summary>Texts that end the answer have another name here, and the engine reads no other.</summary>
    public override byte[] Defaults(OllamaOptions options, JsonElement request, int contextLength)
    {
        var fields = base.Defaults(options, request, contextLength);
        if (options.Stop is not { Count: > 0 } stops || request.TryGetProperty("stop_sequences"u8, out _))
        {
            return fields;
        }

        var all = WireJson.Compose(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("stop_sequences"u8);
            foreach (var stop in stops)
            {
                writer.WriteStringValue(stop);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return fields.Length == 0 ? all[1..^1] : [.. all.AsSpan(1..^1), (byte)',', .. fields];
    }

    public override byte[] ComposeError(int status, string message, string? type) => AnthropicReply.ComposeError(status, message);

    /// <summary>A message's blocks, with those inside of tools' results.</summary>
    private static IEnumerable<JsonElement> Blocks(JsonElement message) =>
        message.TryGetProperty("content"u8, out var content) && content.ValueKind is JsonValueKind.Array
            ? content.EnumerateArray().Where(static block => block.ValueKind is JsonValueKind.Object).SelectMany(static block => TypeOf(block) is "tool_result" ? Blocks(block).Prepend(block) : [block])
            : [];

    private static RelayRefusal? Block(JsonElement block, CatalogModel model) => TypeOf(block) switch
    {
        "image" => Image(block, model),
        null or "text" or "tool_use" or "tool_result" or "thinking" or "redacted_thinking" or "server_tool_use" or "web_search_tool_result" => null,
        // The engine passes over what it does not know; the model would answer as if it had seen it.
        var type => new($"content blocks of type '{type}' are not supported"),
    };

    private static RelayRefusal? Image(JsonElement block, CatalogModel model) =>
        Text(block, "source"u8, "type"u8) is "base64" && Text(block, "source"u8, "data"u8) is { } data && block.GetProperty("source"u8) is var source && !source.TryGetProperty("url"u8, out _)
            ? MediaChecks.Base64(data, model)
            : new(MediaChecks.NoAddresses);

    private static string? TypeOf(JsonElement block) => block.TryGetProperty("type"u8, out var type) && type.ValueKind is JsonValueKind.String ? type.GetString() : null;

    private static string? Text(JsonElement value, ReadOnlySpan<byte> name, ReadOnlySpan<byte> inner) =>
        value.TryGetProperty(name, out var part) && part.ValueKind is JsonValueKind.Object && part.TryGetProperty(inner, out var text) && text.ValueKind is JsonValueKind.String ? text.GetString() : null;
}
