using System.Collections.Frozen;
using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>Reads the body of <c>POST /v1/responses</c>. Source: the types of OpenAI's published packages.</summary>
internal static class ResponsesReader
{
    // Sampling fields that are not part of the API. llama-server accepts them here too.
    private static readonly string[] SamplingFields =
    [
        "temperature", "top_p", "top_k", "min_p", "typical_p", "seed", "stop", "presence_penalty", "frequency_penalty", "repeat_penalty", "repeat_last_n",
    ];

    // Fields that this reader interprets or that OpenAI defines, and fields that would change the form of the engine's answer.
    private static readonly FrozenSet<string> NotForwarded = new[]
    {
        "model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "text", "max_output_tokens", "top_logprobs", "reasoning", "reasoning_effort", "include", "prompt_cache_key",
        "metadata", "truncation", "store", "user", "safety_identifier", "service_tier", "stream", "stream_options", "max_tool_calls", "json_schema", "response_format", "previous_response_id",
        "background", "conversation", "prompt", "keep_alive", "access_programs", "context_management", "image", "moderation", "prompt_cache_options", "prompt_cache_retention", "client_metadata",
        "messages", "n", "logprobs", "return_progress", "verbose",
    }.Concat(SamplingFields).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Reads a request.</summary>
    /// <param name="body">The body.</param>
    /// <param name="store">The responses and items that the request may refer to.</param>
    /// <param name="countsTokens">Whether the request only counts tokens: then nothing is stored, and <c>input</c> may be absent.</param>
    /// <returns>The request, with a <see cref="ResponsesEcho"/> for the writer; or why it is invalid.</returns>
    public static ReadRequest Read(JsonElement body, ResponseStore store, bool countsTokens = false)
    {
        if (body.ValueKind is not JsonValueKind.Object)
        {
            return new InferenceFailure.InvalidRequest("We could not parse the JSON body of your request: it must be a JSON object.") { IsUnreadable = true };
        }

        var fields = new RequestFields();
        var model = fields.Text(body, "", "model") ?? "";
        if (model.Length == 0)
        {
            fields.Missing("model");
        }

        RejectUnsupported(fields, body);
        var previous = Previous(fields, body, store);
        var names = new ToolNames();
        var toolReader = new ToolReader(fields, names);
        var tools = toolReader.ReadTools(body);
        var choice = toolReader.ReadChoice(body);
        var messages = ReadMessages(fields, body, new InputReader(fields, names, store.FindItem), previous, needsInput: !countsTokens);
        var include = Include(fields, body);
        var top = fields.Integer(body, "", "top_logprobs", 0, 20) ?? 0;
        var wantsSummary = WantsSummary(fields, body);
        CheckEchoed(fields, body);
        var isStored = fields.Flag(body, "", "store") is not false && store.IsEnabled && !countsTokens;
        var request = new InferenceRequest
        {
            Model = model,
            Messages = messages,
            Tools = tools,
            ToolChoice = choice,
            ParallelToolCalls = fields.Flag(body, "", "parallel_tool_calls"),
            Format = FormatReader.Read(fields, body),
            Thinking = Thinking(fields, body),
            Options = Options(fields, body),
            TopLogprobs = include.Contains("message.output_text.logprobs") ? top : null,
            Stream = fields.Flag(body, "", "stream") ?? false,
            KeepAlive = KeepAlive(fields, body),
            Session = fields.Text(body, "", "prompt_cache_key"),
            Truncate = Truncates(fields, body),
            Forwarded = [.. body.EnumerateObject().Where(static property => !NotForwarded.Contains(property.Name)).Select(static property => new ForwardedField(property.Name, property.Value))],
        };
        return fields.Failure is { } failure
            ? failure
            : (ReadRequest)request with
            {
                Echo = new ResponsesEcho(body)
                {
                    Tools = names.Declared,
                    HasSummary = wantsSummary,
                    HasEncryptedThinking = include.Contains("reasoning.encrypted_content"),
                    StoredInput = isStored ? StoredInput.Of(RequestFields.Any(body, "input"), previous, store.FindItem) : null,
                },
            };
    }

    private static StoredResponse? Previous(RequestFields fields, JsonElement body, ResponseStore store)
    {
        if (fields.Text(body, "", "previous_response_id") is not { Length: > 0 } id)
        {
            return null;
        }

        var previous = store.Find(id);
        if (previous is null)
        {
            fields.Fail($"Previous response with id '{id}' not found.", "previous_response_id", "previous_response_not_found");
        }

        return previous;
    }

    private static void RejectUnsupported(RequestFields fields, JsonElement body)
    {
        if (fields.Flag(body, "", "background") is true)
        {
            Reject("background", "send the request without it and wait for the response.");
        }

        if (RequestFields.Any(body, "conversation") is not null)
        {
            Reject("conversation", "send the items of the conversation in 'input'.");
        }

        if (RequestFields.Any(body, "prompt") is not null)
        {
            Reject("prompt", "prompt templates are stored at OpenAI. Send the text in 'instructions' and 'input'.");
        }

        void Reject(string name, string advice) => fields.Fail($"Unsupported parameter: '{name}' is not supported by this server: {advice}", name, "unsupported_parameter");
    }

    private static List<ChatMessage> ReadMessages(RequestFields fields, JsonElement body, InputReader reader, StoredResponse? previous, bool needsInput)
    {
        _ = fields.Text(body, "", "instructions");
        var input = RequestFields.Any(body, "input");
        var messages = reader.Read(RequestFields.Any(body, "instructions"), previous, input);
        if (needsInput && input is null && previous is null)
        {
            fields.Missing("input");
        }
        else if (needsInput && messages.Count == 0)
        {
            fields.Fail("Invalid 'input': it contains no message for the model.", "input", RequestFields.ValueCode);
        }

        return messages;
    }

    private static HashSet<string> Include(RequestFields fields, JsonElement body)
    {
        var values = new HashSet<string>(StringComparer.Ordinal);
        if (fields.Array(body, "", "include") is { } include)
        {
            var index = 0;
            foreach (var value in include.EnumerateArray())
            {
                if (value.ValueKind is JsonValueKind.String)
                {
                    values.Add(value.GetString()!);
                }
                else
                {
                    fields.Mismatch($"include[{index}]", value, "a string");
                }

                index++;
            }
        }

        return values;
    }

    private static ThinkingRequest? Thinking(RequestFields fields, JsonElement body)
    {
        var (effort, path) = fields.Object(body, "", "reasoning") is { } reasoning && fields.Text(reasoning, "reasoning", "effort") is { } nested
            ? (nested, "reasoning.effort")
            : (fields.Text(body, "", "reasoning_effort"), "reasoning_effort");
        switch (effort)
        {
            case null or "":
                return null;
            case "none":
                return new(Enabled: false);
            case "minimal":
                return new(Enabled: null, "low");
            case "low" or "medium" or "high" or "max":
                return new(Enabled: null, effort);
            case "xhigh" or "ultra":
                return new(Enabled: null, "max");
            default:
                fields.NotAllowed(path, effort, "'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'");
                return null;
        }
    }

    private static bool WantsSummary(RequestFields fields, JsonElement body)
    {
        if (fields.Object(body, "", "reasoning") is not { } reasoning)
        {
            return false;
        }

        var summary = fields.Text(reasoning, "reasoning", "summary") ?? fields.Text(reasoning, "reasoning", "generate_summary");
        if (summary is not (null or "auto" or "concise" or "detailed" or "none"))
        {
            fields.NotAllowed("reasoning.summary", summary, "'auto', 'concise', and 'detailed'");
        }

        return summary is not (null or "none");
    }

    // They have no effect, but a typed client must be able to read what comes back.
    private static void CheckEchoed(RequestFields fields, JsonElement body)
    {
        _ = fields.Object(body, "", "metadata");
        _ = fields.Object(body, "", "stream_options");
        _ = fields.Integer(body, "", "max_tool_calls", 1, int.MaxValue);
        _ = fields.Text(body, "", "user");
        _ = fields.Text(body, "", "safety_identifier");
        _ = fields.Text(body, "", "service_tier");
    }

    private static OllamaOptions Options(RequestFields fields, JsonElement body)
    {
        var values = new List<ForwardedField>();
        foreach (var name in SamplingFields)
        {
            if (RequestFields.Any(body, name) is { } value)
            {
                values.Add(new(name, value));
            }
        }

        _ = fields.Number(body, "", "temperature");
        _ = fields.Number(body, "", "top_p");
        if (fields.Integer(body, "", "max_output_tokens", 1, int.MaxValue) is not null)
        {
            values.Add(new("num_predict", body.GetProperty("max_output_tokens"u8)));
        }

        if (OllamaOptions.Of(values, out var error) is { } options)
        {
            return options;
        }

        fields.Fail(new InferenceFailure.InvalidRequest(error!));
        return OllamaOptions.None;
    }

    private static bool Truncates(RequestFields fields, JsonElement body)
    {
        var truncation = fields.Text(body, "", "truncation");
        if (truncation is not (null or "auto" or "disabled"))
        {
            fields.NotAllowed("truncation", truncation, "'auto' and 'disabled'");
        }

        return truncation is "auto";
    }

    private static Engine.Launching.KeepAlive? KeepAlive(RequestFields fields, JsonElement body)
    {
        var request = new GoObject(body, "ResponsesRequest");
        var keepAlive = KeepAliveField.Read(request);
        if (request.Error is { } error)
        {
            fields.Fail(error, "keep_alive");
        }

        return keepAlive;
    }
}
