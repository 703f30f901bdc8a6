using System.Collections.Frozen;
using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>
/// Reads the body of <c>POST /v1/messages</c> and <c>/v1/messages/count_tokens</c>. Source: <c>MessageCreateParams</c> and its beta version in Anthropic's published SDK types. Ignored fields are
/// listed in <c>docs/api/anthropic.md</c>.
/// </summary>
internal static class MessagesReader
{
    // Fields of Anthropic's API, and fields whose effect on the engine's stream this API cannot express. All others are the engine's own and are forwarded.
    private static readonly FrozenSet<string> NotForwarded = FrozenSet.ToFrozenSet(
        [
            "model", "messages", "max_tokens", "system", "metadata", "stop_sequences", "stream", "temperature", "top_k", "top_p", "tools", "tool_choice", "thinking", "thread", "output_config",
            "output_format", "cache_control", "container", "context_management", "compaction", "mcp_servers", "service_tier", "inference_geo", "betas", "anthropic_beta", "anthropic_version",
            "diagnostics", "speed", "fallbacks", "fallback_credit_token", "billing_policy", "user_profile_id", "workspace_id", "keep_alive",
            "n", "n_cmpl", "prompt", "stream_options", "return_progress", "verbose",
        ],
        StringComparer.Ordinal);

    // The engine's sampling fields that have the same name and meaning as Ollama's options.
    private static readonly FrozenSet<string> Sampling = FrozenSet.ToFrozenSet(
        ["min_p", "typical_p", "repeat_penalty", "repeat_last_n", "presence_penalty", "frequency_penalty", "seed", "stop"], StringComparer.Ordinal);

    /// <summary>Reads a request.</summary>
    /// <param name="body">The body, valid JSON.</param>
    /// <param name="session">The session that a header names; null or empty when none does.</param>
    /// <param name="countsTokens">Whether the prompt's tokens are only counted: <c>max_tokens</c> is not needed then.</param>
    public static ReadRequest Read(JsonElement body, string? session, bool countsTokens)
    {
        if (body.ValueKind is not JsonValueKind.Object)
        {
            return new InferenceFailure.InvalidRequest("the request body must be a JSON object") { IsUnreadable = true };
        }

        var faults = new RequestFaults();
        if (body.Field("thread") is not null)
        {
            return new InferenceFailure.InvalidRequest("thread: threads are not supported; send the whole conversation in 'messages'", "thread", "thread_unsupported_request");
        }

        var model = body.Text("model", FieldPath.Request, faults) ?? "";
        if (model.Length == 0)
        {
            faults.AddSentence(new("model"), "model is required");
        }

        if (!countsTokens && !(body.Field("max_tokens") is { ValueKind: JsonValueKind.Number } limit && limit.TryGetDouble(out var tokens) && tokens > 0))
        {
            faults.AddSentence(new("max_tokens"), "max_tokens is required and must be positive");
        }

        var messages = new ConversationReader(faults).Read(body);
        var tools = ToolReader.Read(body, faults);
        var (choice, parallel) = ToolReader.ReadChoice(body, tools, faults);
        var lenient = new GoObject(body, "MessagesRequest");
        var request = new InferenceRequest
        {
            Model = model,
            Messages = messages,
            Tools = tools,
            ToolChoice = choice,
            ParallelToolCalls = parallel,
            Format = ReadFormat(body, faults),
            Thinking = ThinkingFields.Read(body, faults),
            Options = ReadOptions(body, countsTokens, faults),
            Stream = !countsTokens && body.Flag("stream", FieldPath.Request, faults) is true,
            KeepAlive = KeepAliveField.Read(lenient),
            Session = ReadSession(body, session, faults),
            Forwarded = ReadForwarded(body),
        };
        if (lenient.Error is { } error)
        {
            faults.AddSentence(new("keep_alive"), error);
        }

        return faults.First is { } first ? first : request;
    }

    private static OutputFormat? ReadFormat(JsonElement body, RequestFaults faults)
    {
        var path = new FieldPath("output_config", Member: "format");
        var format = body.Field("output_config")?.Object("format", new("output_config"), faults);
        if (format is null)
        {
            path = new FieldPath("output_format");
            format = body.Object("output_format", FieldPath.Request, faults);
        }

        if (format is not { } given)
        {
            return null;
        }

        if (given.RequiredText("type", path, faults) is var type and not "json_schema")
        {
            faults.Add(path.At("type"), $"'{type}' is not supported; use 'json_schema'");
            return null;
        }

        if (given.Field("schema") is { ValueKind: JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False } schema)
        {
            return new(schema);
        }

        faults.Add(path.At("schema"), "must be a JSON schema");
        return null;
    }

    private static OllamaOptions ReadOptions(JsonElement body, bool countsTokens, RequestFaults faults)
    {
        var fields = new List<ForwardedField>();
        foreach (var property in body.EnumerateObject())
        {
            if (Sampling.Contains(property.Name))
            {
                fields.Add(new(property.Name, property.Value));
            }
        }

        Add("temperature", "temperature");
        Add("top_p", "top_p");
        Add("top_k", "top_k");
        if (!countsTokens)
        {
            Add("max_tokens", "num_predict");
        }

        if (ReadStopSequences(body, faults) is { } stops)
        {
            fields.Add(new("stop", stops));
        }

        var options = OllamaOptions.Of(fields, out var error);
        if (options is null)
        {
            faults.AddSentence(FieldPath.Request, error!);
        }

        return options ?? OllamaOptions.None;

        void Add(string name, string option)
        {
            if (body.Field(name) is not { } value)
            {
                return;
            }

            if (value.ValueKind is JsonValueKind.Number)
            {
                fields.Add(new(option, value));
            }
            else
            {
                faults.Add(new(name), "must be a number");
            }
        }
    }

    /// <summary>The array; null when it is absent, empty or invalid.</summary>
    private static JsonElement? ReadStopSequences(JsonElement body, RequestFaults faults)
    {
        if (body.Array("stop_sequences", FieldPath.Request, faults) is not { } stops || stops.GetArrayLength() == 0)
        {
            return null;
        }

        var index = 0;
        foreach (var stop in stops.EnumerateArray())
        {
            var path = new FieldPath("stop_sequences", index++);
            if (stop.ValueKind is not JsonValueKind.String)
            {
                faults.Add(path, "must be a string");
                return null;
            }

            if (string.IsNullOrWhiteSpace(stop.GetString()))
            {
                faults.Add(path, "each stop sequence must contain non-whitespace");
                return null;
            }
        }

        return stops;
    }

    private static string? ReadSession(JsonElement body, string? header, RequestFaults faults)
    {
        var user = body.Object("metadata", FieldPath.Request, faults)?.Text("user_id", new("metadata"), faults);
        return !string.IsNullOrEmpty(header) ? header : string.IsNullOrEmpty(user) ? null : SessionField.Of(user);
    }

    private static List<ForwardedField> ReadForwarded(JsonElement body)
    {
        List<ForwardedField>? fields = null;
        foreach (var property in body.EnumerateObject())
        {
            if (property.Value.ValueKind is not JsonValueKind.Null && !NotForwarded.Contains(property.Name) && !Sampling.Contains(property.Name))
            {
                (fields ??= []).Add(new(property.Name, property.Value));
            }
        }

        return fields ?? [];
    }
}
