using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>Reads <c>thinking</c> and <c>output_config.effort</c>. Clients send both to every model, so a model that cannot think ignores them. Without <c>thinking</c> the model does not think, as Anthropic defines: many clients read only the first content block.</summary>
internal static class ThinkingFields
{
    public static ThinkingRequest? Read(JsonElement request, RequestFaults faults)
    {
        var effort = ReadEffort(request, faults);
        if (request.Object("thinking", FieldPath.Request, faults) is not { } thinking)
        {
            return new(false) { IsDemanded = false, IsDefault = true };
        }

        var path = new FieldPath("thinking");
        switch (thinking.RequiredText("type", path, faults))
        {
            case "enabled":
                return new(true, effort, ReadBudget(thinking, path, faults)) { IsDemanded = false };
            case "disabled" or "between_tools":
                return new(false) { IsDemanded = false };
            case "adaptive":
                return effort is null ? null : new(null, effort) { IsDemanded = false };
            case var type:
                faults.Add(path.At("type"), $"'{type}' is not supported; use 'enabled', 'disabled' or 'adaptive'");
                return null;
        }
    }

    private static int? ReadBudget(JsonElement thinking, FieldPath path, RequestFaults faults)
    {
        if (thinking.Field("budget_tokens") is not { } budget)
        {
            return null;
        }

        if (budget.ValueKind is JsonValueKind.Number && budget.TryGetDouble(out var tokens) && tokens >= 1)
        {
            return (int)Math.Min(tokens, int.MaxValue);
        }

        faults.Add(path.At("budget_tokens"), "must be a positive number");
        return null;
    }

    private static string? ReadEffort(JsonElement request, RequestFaults faults)
    {
        var path = new FieldPath("output_config");
        if (request.Object("output_config", FieldPath.Request, faults) is not { } config)
        {
            return null;
        }

        switch (config.Text("effort", path, faults))
        {
            case null:
                return null;
            // Templates know no level between high and max.
            case "xhigh":
                return "high";
            case ("low" or "medium" or "high" or "max") and var effort:
                return effort;
            case var other:
                faults.Add(path.At("effort"), $"'{other}' is not supported; use 'low', 'medium', 'high', 'xhigh' or 'max'");
                return null;
        }
    }
}
