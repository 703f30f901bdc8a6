using System.Globalization;
using System.Text.Json;
using GGLib.Client.Wire;
using GGLib.Server.Requests;

namespace GGLib.Chat;

/// <summary>Values that a user writes for an answer's settings, as the API has them. Null: it is none, and there is a sentence for it.</summary>
internal static class GenerationValues
{
    public static readonly string[] Levels = ["true", "false", "low", "medium", "high", "max"];

    private static readonly string[] Integers = ["num_ctx", "num_predict", "num_keep", "seed", "top_k", "repeat_last_n", "num_batch", "num_gpu", "num_thread"];
    private static readonly string[] Numbers = ["temperature", "top_p", "min_p", "typical_p", "repeat_penalty", "presence_penalty", "frequency_penalty"];

    /// <summary>Names that <see cref="Parameter"/> knows.</summary>
    public static IEnumerable<string> Parameters => [.. Integers, .. Numbers, "stop"];

    public static JsonElement? Think(string text, out string? error)
    {
        error = Levels.Contains(text) ? null : $"'{text}' is no value for think: give true, false, low, medium, high or max.";
        return error is not null ? null : text is "true" or "false" ? ClientJson.Of(text is "true") : ClientJson.Of(text);
    }

    /// <summary><c>json</c>, or a JSON schema.</summary>
    public static JsonElement? Format(string text, out string? error)
    {
        error = null;
        if (text is "json")
        {
            return ClientJson.Of(text);
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind is JsonValueKind.Object)
            {
                return json.RootElement.Clone();
            }
        }
        catch (JsonException)
        {
        }

        error = $"'{text}' is no format: give json, or a JSON schema in one word.";
        return null;
    }

    /// <summary>A duration such as <c>5m</c>, or seconds; negative for ever.</summary>
    public static JsonElement? KeepAlive(string text, out string? error)
    {
        error = null;
        if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return ClientJson.Of(seconds);
        }

        if (GoDuration.TryParse(text, out _, out _))
        {
            return ClientJson.Of(text);
        }

        error = $"'{text}' is no duration: give for example 5m, 1h30m, 0 for not at all, or -1 for ever.";
        return null;
    }

    /// <summary>An option of the model, for example <c>temperature</c>. Texts for <c>stop</c> stand apart.</summary>
    public static JsonElement? Parameter(string name, IReadOnlyList<string> values, out string? error)
    {
        error = null;
        if (name is "stop")
        {
            using var list = JsonDocument.Parse($"[{string.Join(',', values.Select(static value => ClientJson.Of(value).GetRawText()))}]");
            return list.RootElement.Clone();
        }

        var integer = Integers.Contains(name);
        if (!integer && !Numbers.Contains(name))
        {
            error = $"There is no parameter '{name}'.{Rendering.NearNames.Question(name, Parameters)}";
            return null;
        }

        if (values is [var value])
        {
            if (integer && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            {
                return ClientJson.Of(whole);
            }

            if (!integer && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            {
                return ClientJson.Of(number);
            }
        }

        error = $"{name} takes one {(integer ? "whole number" : "number")}.";
        return null;
    }
}
