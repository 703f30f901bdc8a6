using System.Text.Json;
using GGLib.Client.Wire;
using GGLib.Rendering;

namespace GGLib.Chat;

/// <summary>What <c>/show info</c> says of a model.</summary>
internal static class ModelFacts
{
    public static IEnumerable<(string Label, string Value)> Of(ShowAnswer model)
    {
        var architecture = Text(model, "general.architecture") ?? model.Details?.Family ?? "";
        return new (string Label, string? Value)[]
        {
            ("architecture", architecture),
            ("parameters", model.Details?.ParameterSize),
            ("quantisation", model.Details?.QuantizationLevel),
            ("context", Text(model, architecture + ".context_length")),
            ("embedding", Text(model, architecture + ".embedding_length")),
            ("capabilities", model.Capabilities is { } can ? string.Join(", ", can) : null),
        }.Where(static fact => !string.IsNullOrEmpty(fact.Value)).Select(static fact => (fact.Label, SafeText.OneLine(fact.Value!)));
    }

    /// <summary>The licence that the model's file names, or null.</summary>
    public static string? License(ShowAnswer model) => Text(model, "general.license");

    private static string? Text(ShowAnswer model, string key) => model.ModelInfo?.GetValueOrDefault(key) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };
}
