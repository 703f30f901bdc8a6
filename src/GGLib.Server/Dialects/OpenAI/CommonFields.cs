using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Reads the fields that OpenAI's endpoints share. Source: OpenAI's API reference, and llama-server's README for the engine's own sampling fields.</summary>
internal static class CommonFields
{
    /// <summary>The fields as a request without a prompt.</summary>
    /// <param name="context">The HTTP request, for its headers.</param>
    /// <param name="body">The body.</param>
    /// <param name="maxTokens">The names under which the endpoint takes the token limit, the first of which counts.</param>
    /// <param name="ownFields">The names of the fields that the endpoint's reader interprets itself.</param>
    /// <param name="failure">Why the fields are invalid; null when they are not.</param>
    public static InferenceRequest? Read(HttpContext context, RequestBody body, string[] maxTokens, Func<string, bool> ownFields, out InferenceFailure? failure)
    {
        failure = null;
        var json = body.Json;
        if (json.ValueKind is not JsonValueKind.Object)
        {
            failure = new InferenceFailure.InvalidRequest("the request body must be a JSON object") { IsUnreadable = true };
            return null;
        }

        var fields = new GoObject(json, "ChatCompletionRequest");
        var keepAlive = KeepAliveField.Read(fields);
        var stream = fields.Bool("stream") ?? false;
        if (fields.Error is { } error)
        {
            failure = new InferenceFailure.InvalidRequest(error) { IsUnreadable = true };
            return null;
        }

        if (json.Given("model"u8) is { ValueKind: not JsonValueKind.String })
        {
            failure = new InferenceFailure.InvalidRequest("model must be a string", "model");
            return null;
        }

        var model = json.GivenText("model"u8) is { } inBody && !string.IsNullOrWhiteSpace(inBody) ? inBody : context.Request.Query["model"].ToString();
        if (string.IsNullOrWhiteSpace(model))
        {
            failure = new InferenceFailure.InvalidRequest("model is required", "model");
            return null;
        }

        var options = new List<ForwardedField>();
        var forwarded = new List<ForwardedField>();
        foreach (var property in json.EnumerateObject().Where(static property => property.Value.ValueKind is not JsonValueKind.Null))
        {
            if (Array.IndexOf(maxTokens, property.Name) >= 0)
            {
                continue;
            }

            // Ollama's server ignores a stop of another type.
            if (property.Name is "stop" && property.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            {
                continue;
            }

            // The engine's names for sampling options are Ollama's, except for the token limit.
            if (Catalog.ModelOptions.TryKind(property.Name, out _))
            {
                options.Add(new(property.Name, property.Value));
            }
            else if (property.Name is not ("model" or "stream" or "stream_options" or "keep_alive" or "n") && !ownFields(property.Name))
            {
                forwarded.Add(new(property.Name, property.Value));
            }
        }

        if (maxTokens.Select(name => json.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : default).FirstOrDefault(static value => value.ValueKind is not JsonValueKind.Undefined) is { ValueKind: not JsonValueKind.Undefined } limit)
        {
            options.Add(new("num_predict", limit));
        }

        if (OllamaOptions.Of(options, out var fault, out var wrong) is not { } sampling)
        {
            failure = new InferenceFailure.InvalidRequest(
                fault!.Replace("num_predict", maxTokens[0], StringComparison.Ordinal).Replace("float32", "number", StringComparison.Ordinal),
                wrong is "num_predict" ? maxTokens[0] : wrong);
            return null;
        }

        if (json.Given("n"u8) is { } n && n.ValueKind is not JsonValueKind.Number)
        {
            failure = new InferenceFailure.InvalidRequest("n must be an integer between 1 and 128", "n");
            return null;
        }

        // Some clients write whole numbers with a fraction: 1.0.
        var choices = json.Given("n"u8)?.GetDouble() ?? 1;
        if (choices is < 1 or > 128 || choices != Math.Floor(choices))
        {
            failure = new InferenceFailure.InvalidRequest("n must be an integer between 1 and 128", "n");
            return null;
        }

        return new InferenceRequest
        {
            Model = model,
            Stream = stream,
            IncludeUsage = json.Given("stream_options"u8) is { } streaming && streaming.IsTrue("include_usage"u8),
            KeepAlive = KeepAliveHeader.Of(context, keepAlive),
            Options = sampling,
            ChoiceCount = (int)choices,
            Session = json.GivenText("prompt_cache_key"u8),
            Forwarded = forwarded,
        };
    }
}
