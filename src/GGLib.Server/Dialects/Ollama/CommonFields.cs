using System.Text.Encodings.Web;
using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>The fields that <c>/api/chat</c> and <c>/api/generate</c> share. Source: Ollama's <c>docs/api.md</c>.</summary>
/// <param name="Request">The fields as a request without a prompt.</param>
/// <param name="Invalid">Why a value is invalid whatever the model; null when none is. Reported once the types of all fields are right.</param>
/// <param name="OptionFailure">Why an option is invalid; null when none is. Reported after the model's capabilities.</param>
/// <param name="FormatFailure">Why the format is invalid; null when it is valid. Reported after the options, and not at all when nothing is generated.</param>
internal readonly record struct CommonFields(InferenceRequest Request, InferenceFailure? Invalid, InferenceFailure? OptionFailure, InferenceFailure? FormatFailure)
{
    /// <summary>Reads the fields. A value of the wrong type is recorded at <paramref name="fields"/>.</summary>
    public static CommonFields Read(GoObject fields)
    {
        var top = fields.Int("top_logprobs") ?? 0;
        var wantsLogprobs = fields.Bool("logprobs") ?? false;
        var options = OllamaOptions.Parse(fields.Object("options", "map[string]interface {}"), out var optionError);
        var format = FormatOf(fields, out var formatError);
        var read = new InferenceRequest
        {
            Model = fields.String("model"),
            Stream = fields.Bool("stream") ?? true,
            KeepAlive = KeepAliveField.Read(fields),
            Thinking = ThinkField.Read(fields),
            Format = format,
            Options = options ?? OllamaOptions.None,
            UsesOllamaDefaults = true,
            TopLogprobs = wantsLogprobs ? top : null,
            Truncate = fields.Bool("truncate") ?? true,
            Shift = fields.Bool("shift"),
            RendersOnly = fields.Bool("_debug_render_only") ?? false,
        };
        return new CommonFields(
            read,
            top is < 0 or > 20 ? new InferenceFailure.InvalidRequest("top_logprobs must be between 0 and 20") : null,
            optionError is null ? null : new InferenceFailure.InvalidOption(optionError),
            formatError is null ? SchemaFaults.OfFormat(format) : new InferenceFailure.InvalidOption(formatError));
    }

    private static OutputFormat? FormatOf(GoObject fields, out string? error)
    {
        error = null;
        if (fields.Raw("format") is not { } format || (format.ValueKind is JsonValueKind.String && format.ValueEquals(""u8)))
        {
            return null;
        }

        if (format.ValueKind is JsonValueKind.String && format.ValueEquals("json"u8))
        {
            return OutputFormat.Json;
        }

        if (format.ValueKind is JsonValueKind.Object)
        {
            return new OutputFormat(format);
        }

        error = $"invalid format: \"{JsonEncodedText.Encode(format.GetRawText(), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"; expected \"json\" or a valid JSON Schema object";
        return null;
    }
}
