using System.Text.Json;

namespace GGLib.Catalog.Templates;

/// <summary>A call of a tool by the assistant.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">An object; anything else counts as no arguments.</param>
public sealed record TemplateToolCall(string Name, JsonElement Arguments)
{
    /// <summary>The call's id, or empty.</summary>
    public string Id { get; init; } = "";

    /// <summary>Its place among the calls of the message.</summary>
    public int Index { get; init; }
}
