using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GGLib.Engine.Scheduling;
using GGLib.Server.Failures;

namespace GGLib.Server.Inference;

/// <summary>
/// Turns the engine's failures into named values. The only place that knows llama-server's error texts (seen in 0.7.0, build 11669); it reports several faults of the client with status 500.
/// </summary>
internal static partial class EngineErrors
{
    /// <summary>Classifies an HTTP error of llama-server.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body: <c>{"error":{"code","message","type",…}}</c> as a rule.</param>
    public static InferenceFailure Of(int status, ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.TryGetProperty("error"u8, out var error) && error.TryGetProperty("message"u8, out var message) && message.GetString() is { } text)
            {
                return Of(status, text, Text(error, "type"u8), Number(error, "n_prompt_tokens"u8), Number(error, "n_ctx"u8));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not llama-server's form: only the status is known.
        }

        return Of(status, $"the engine answered with status {status}", null, null, null);
    }

    /// <summary>Classifies an error that llama-server reported inside a stream.</summary>
    /// <param name="status">The status in the event; 0 when it has none.</param>
    /// <param name="message">Its message.</param>
    public static InferenceFailure Of(int status, string message) => Of(status is >= 400 and <= 599 ? status : 500, message, null, null, null);

    /// <summary>Why no runner was available.</summary>
    public static InferenceFailure Of(EngineFailure failure) => failure switch
    {
        EngineFailure.QueueFull => new InferenceFailure.QueueFull(failure.Message),
        EngineFailure.CrashLoop { RetryAfter: var wait } => new InferenceFailure.CrashLoop(failure.Message, wait),
        EngineFailure.InvalidOptions => new InferenceFailure.InvalidRequest(failure.Message),
        EngineFailure.OutOfMemory => new InferenceFailure.OutOfMemory(failure.Message),
        EngineFailure.ShuttingDown => new InferenceFailure.ShuttingDown(failure.Message),
        _ => new InferenceFailure.LoadFailed(failure.Message),
    };

    private static InferenceFailure Of(int status, string message, string? type, long? tokens, long? limit)
    {
        if (type is "exceed_context_size_error" || message.Contains("is too large to process", StringComparison.Ordinal)
            || message.Contains("exceeds the available context size", StringComparison.Ordinal) || message.Contains("Context size has been exceeded", StringComparison.Ordinal))
        {
            var numbers = ContextNumbers().Match(message);
            return new InferenceFailure.ContextExceeded(message, tokens ?? Value(numbers.Groups[1]), limit ?? Value(numbers.Groups[2]));
        }

        if (message.StartsWith("The model produced output that does not match the expected", StringComparison.Ordinal))
        {
            return new InferenceFailure.AnswerRejected(message);
        }

        // The sampler setup compiles the grammar.
        if (message.StartsWith("Failed to initialize samplers", StringComparison.Ordinal) || message.Contains("Failed to parse grammar", StringComparison.Ordinal) || message.Contains("JSON schema conversion failed", StringComparison.Ordinal))
        {
            return new InferenceFailure.SchemaRejected(message);
        }

        // Exceptions of its JSON library, and values that it does not know, are faults of forwarded fields.
        if (status is 500 && (message.Contains("input is not supported", StringComparison.Ordinal) || message.Contains("json.exception.", StringComparison.Ordinal)
            || message.StartsWith("Unknown ", StringComparison.Ordinal) || message.Contains("tool", StringComparison.OrdinalIgnoreCase)))
        {
            return new InferenceFailure.EngineRejected(message, 400, "invalid_request_error");
        }

        if (status is >= 400 and <= 500 && (message.Contains("template", StringComparison.OrdinalIgnoreCase) || (status is 500 && message.Contains("role", StringComparison.OrdinalIgnoreCase))))
        {
            return new InferenceFailure.TemplateRejected(message);
        }

        if (message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || message.Contains("failed to allocate", StringComparison.OrdinalIgnoreCase))
        {
            return new InferenceFailure.OutOfMemory(message);
        }

        return status is >= 400 and < 500 ? new InferenceFailure.EngineRejected(message, status, type) : new InferenceFailure.EngineFailed(message, status);
    }

    private static string? Text(JsonElement value, ReadOnlySpan<byte> name) =>
        value.TryGetProperty(name, out var text) && text.ValueKind is JsonValueKind.String ? text.GetString() : null;

    private static long? Number(JsonElement value, ReadOnlySpan<byte> name) =>
        value.TryGetProperty(name, out var number) && number.ValueKind is JsonValueKind.Number && number.TryGetInt64(out var integer) ? integer : null;

    private static long? Value(Group group) => group.Success ? long.Parse(group.Value, CultureInfo.InvariantCulture) : null;

    // "request (5412 tokens) exceeds the available context size (4096 tokens), try increasing it"
    [GeneratedRegex(@"\((\d{1,12}) tokens\).*\((\d{1,12}) tokens\)", RegexOptions.CultureInvariant)]
    private static partial Regex ContextNumbers();
}
