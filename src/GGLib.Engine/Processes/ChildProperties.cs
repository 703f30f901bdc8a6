using System.Text.Json;

namespace GGLib.Engine.Processes;

/// <summary>What a ready child says of itself at <c>/props</c>.</summary>
/// <param name="ContextLength">Context of one slot, in tokens.</param>
/// <param name="Slots">Requests answered side by side.</param>
internal sealed record ChildProperties(int ContextLength, int Slots)
{
    /// <summary>Null when the text is not what llama-server sends.</summary>
    public static ChildProperties? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.TryGetProperty("default_generation_settings", out var settings)
                && settings.TryGetProperty("n_ctx", out var context)
                && context.TryGetInt32(out var contextLength)
                    ? new(contextLength, document.RootElement.TryGetProperty("total_slots", out var slots) && slots.TryGetInt32(out var count) ? count : 1)
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
