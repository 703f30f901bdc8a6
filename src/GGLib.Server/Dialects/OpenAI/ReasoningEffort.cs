using System.Text.Json;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Reads how much a model is to think: <c>reasoning.effort</c>, or <c>reasoning_effort</c>.</summary>
internal static class ReasoningEffort
{
    /// <summary>The wish; null when not given.</summary>
    /// <param name="request">The request.</param>
    /// <param name="error">Why the value is invalid, in the words of Ollama's server; null when it is valid.</param>
    public static ThinkingRequest? Read(JsonElement request, out string? error)
    {
        error = null;
        if ((request.Given("reasoning"u8)?.Given("effort"u8) ?? request.Given("reasoning_effort"u8)) is not { } effort)
        {
            return null;
        }

        if (effort.ValueKind is not JsonValueKind.String)
        {
            error = "the reasoning effort must be a string";
            return null;
        }

        switch (effort.GetString())
        {
            case "":
                return null;
            case "none":
                return new ThinkingRequest(false);
            case "minimal":
                return new ThinkingRequest(true, "low");
            case "xhigh" or "ultra":
                return new ThinkingRequest(true, "max");
            case "low" or "medium" or "high" or "max":
                return new ThinkingRequest(true, effort.GetString());
            default:
                error = $"invalid reasoning value: '{effort.GetString()}' (must be \"high\", \"medium\", \"low\", \"max\", or \"none\")";
                return null;
        }
    }
}
