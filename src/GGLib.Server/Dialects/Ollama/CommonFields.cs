using System.Text.Encodings.Web;
using System.Text.Json;
using GGLib.Engine.Launching;
using GGLib.Server.Dialects.Anthropic.Messages;
using GGLib.Server.Failures;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Reads the fields that <c>/api/chat</c> and <c>/api/generate</c> share. Source: Ollama's <c>docs/api.md</c>.</summary>
internal static class CommonFields
{
    /// <summary>The fields as a request without a prompt.</summary>
    public static InferenceRequest Read(GoObject fields)
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
            Deferred = (optionError ?? formatError) is { } deferred ? new InferenceFailure.InvalidOption(deferred) : SchemaFaults.OfFormat(format),
            TopLogprobs = wantsLogprobs ? top : null,
            Truncate = fields.Bool("truncate") ?? true,
            Shift = fields.Bool("shift"),
            RendersOnly = fields.Bool("_debug_render_only") ?? false,
        };
        if (top is < 0 or > 20)
        {
            fields.Fail("top_logprobs must be between 0 and 20");
        }

        return read;
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
