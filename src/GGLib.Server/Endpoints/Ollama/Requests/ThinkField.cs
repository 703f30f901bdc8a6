using System.Text.Json;

namespace GGLib.Server.Endpoints.Ollama.Requests;

/// <summary>The field <c>think</c>: on, off, or a level.</summary>
/// <param name="Enabled">Whether the model is to think.</param>
/// <param name="Level">How much: <c>low</c>, <c>medium</c>, <c>high</c>, <c>max</c>; null when only on or off was said.</param>
internal sealed record ThinkField(bool Enabled, string? Level)
{
    /// <summary>The field's value; null when absent.</summary>
    public static ThinkField? Read(GoObject request)
    {
        if (request.Raw("think") is not { } value)
        {
            return null;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.True:
                return new(true, null);
            case JsonValueKind.False:
                return new(false, null);
            case JsonValueKind.String when value.GetString() is "low" or "medium" or "high" or "max":
                return new(true, value.GetString());
            case JsonValueKind.String:
                request.Fail($"invalid think value: \"{value.GetString()}\" (must be \"high\", \"medium\", \"low\", \"max\", true, or false)");
                return null;
            default:
                request.Fail("think must be a boolean or string (\"high\", \"medium\", \"low\", \"max\", true, or false)");
                return null;
        }
    }
}
