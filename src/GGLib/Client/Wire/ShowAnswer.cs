using System.Text.Json;

namespace GGLib.Client.Wire;

/// <summary>What <c>/api/show</c> answers, as far as it is shown.</summary>
internal sealed record ShowAnswer
{
    public string? License { get; init; }

    public string? Template { get; init; }

    public string? System { get; init; }

    /// <summary>Lines of name and value.</summary>
    public string? Parameters { get; init; }

    public ModelDetailsAnswer? Details { get; init; }

    public Dictionary<string, JsonElement>? ModelInfo { get; init; }

    public IReadOnlyList<string>? Capabilities { get; init; }
}
