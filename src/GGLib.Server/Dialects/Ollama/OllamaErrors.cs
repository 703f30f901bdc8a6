using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Pipeline;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Maps failures to Ollama's error object, <c>{"error":"message"}</c>, and its statuses. The only place where this API's statuses are decided.</summary>
internal static class OllamaErrors
{
    /// <summary>The error of a response that has not started.</summary>
    public static DialectError Of(InferenceFailure failure) => new(StatusOf(failure), Compose(MessageOf(failure))) { ContentType = OllamaReply.Json };

    public static string MessageOf(InferenceFailure failure) => failure is InferenceFailure.InvalidRequest { IsUnreadable: true, Message: "EOF" } ? "missing request body" : failure.Message;

    public static int StatusOf(InferenceFailure failure) => failure switch
    {
        InferenceFailure.BodyTooLarge => 413,
        InferenceFailure.UnsupportedEncoding => 415,
        InferenceFailure.ModelNotFound or InferenceFailure.NotFound => 404,
        InferenceFailure.InvalidRequest or InferenceFailure.Unsupported or InferenceFailure.ContextExceeded or InferenceFailure.TemplateRejected or InferenceFailure.SchemaRejected => 400,
        InferenceFailure.EngineRejected { Status: var status } => status,
        InferenceFailure.EngineFailed { Status: var status } => status,
        InferenceFailure.QueueFull or InferenceFailure.ShuttingDown or InferenceFailure.CrashLoop => 503,
        // Among them InvalidOption, which Ollama reports as an error of its own.
        _ => 500,
    };

    public static byte[] Compose(string message) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error"u8, message);
        writer.WriteEndObject();
    });
}
