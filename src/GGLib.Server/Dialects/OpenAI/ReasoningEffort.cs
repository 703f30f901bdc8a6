using System.Text.Json;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>How much a model is to think, as OpenAI's API says it: <c>reasoning_effort</c>, or <c>reasoning.effort</c>, which wins.</summary>
internal static class ReasoningEffort
{
    public const string None = "none";

    /// <summary>The level as templates know it; null when nothing was said.</summary>
    /// <param name="request">The request.</param>
    /// <param name="error">What is wrong with it, in the words of Ollama's server; null when nothing.</param>
    public static string? Read(JsonElement request, out string? error)
    {
        error = null;
        var nested = default(JsonElement);
        var isNested = request.TryGetProperty("reasoning"u8, out var reasoning) && reasoning.ValueKind is JsonValueKind.Object
            && reasoning.TryGetProperty("effort"u8, out nested) && nested.ValueKind is not JsonValueKind.Null;
        if (!isNested && (!request.TryGetProperty("reasoning_effort"u8, out nested) || nested.ValueKind is JsonValueKind.Null))
        {
            return null;
        }

        if (nested.ValueKind is not JsonValueKind.String)
        {
            error = "the reasoning effort must be a string";
            return null;
        }

        switch (nested.GetString())
        {
            case "":
                return null;
            case "minimal":
                return "low";
            case "xhigh" or "ultra":
                return "max";
            case None or "low" or "medium" or "high" or "max":
                return nested.GetString();
            default:
                error = $"invalid reasoning value: '{nested.GetString()}' (must be \"high\", \"medium\", \"low\", \"max\", or \"none\")";
                return null;
        }
    }
}
