using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Reads the field <c>think</c>: on, off, or a level.</summary>
internal static class ThinkField
{
    /// <summary>The field's value; null when absent.</summary>
    public static ThinkingRequest? Read(GoObject request)
    {
        if (request.Raw("think") is not { } value)
        {
            return null;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.True:
                return new(true);
            case JsonValueKind.False:
                return new(false);
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
