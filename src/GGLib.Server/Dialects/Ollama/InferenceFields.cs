using System.Text.Json;
using GGLib.Engine.Launching;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>The fields that chat and generate have in common.</summary>
internal sealed record InferenceFields
{
    /// <summary>The model's name as the client wrote it.</summary>
    public required string Model { get; init; }

    public required bool Stream { get; init; }

    public required KeepAlive? KeepAlive { get; init; }

    /// <summary>Whether <c>keep_alive</c> is 0: with nothing to answer, the model is unloaded.</summary>
    public bool Unloads => KeepAlive is { IsNone: true };

    public required ThinkField? Think { get; init; }

    /// <summary>As given; null, <c>""</c> and absent are null.</summary>
    public required JsonElement? Format { get; init; }

    /// <summary>The options as given; their types are looked at once the model is known.</summary>
    public required JsonElement? Options { get; init; }

    /// <summary>Alternatives to list with each token's log probability; null when none are wanted.</summary>
    public required int? TopLogprobs { get; init; }

    /// <summary>Whether a conversation that is too long may be made shorter; null is yes.</summary>
    public required bool? Truncate { get; init; }

    /// <summary>Whether the context is shifted when an answer reaches its end; null is as the model was launched.</summary>
    public required bool? Shift { get; init; }

    /// <summary>Whether only the prompt's text is wanted.</summary>
    public required bool RendersOnly { get; init; }

    public static InferenceFields Read(GoObject request)
    {
        var top = request.Int("top_logprobs") ?? 0;
        var wanted = request.Bool("logprobs") ?? false;
        var fields = new InferenceFields
        {
            Model = request.String("model"),
            Stream = request.Bool("stream") ?? true,
            KeepAlive = KeepAliveField.Read(request),
            Think = ThinkField.Read(request),
            Format = request.Raw("format") is { } format && !(format.ValueKind is JsonValueKind.String && format.GetString() is "") ? format : null,
            Options = request.Object("options", "map[string]interface {}"),
            TopLogprobs = wanted ? top : null,
            Truncate = request.Bool("truncate"),
            Shift = request.Bool("shift"),
            RendersOnly = request.Bool("_debug_render_only") ?? false,
        };
        if (top is < 0 or > 20)
        {
            request.Fail("top_logprobs must be between 0 and 20");
        }

        return fields;
    }
}
