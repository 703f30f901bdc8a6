using System.Text.Json;

namespace GGLib.Server.Requests;

/// <summary>A tool that the model may call. Immutable.</summary>
/// <param name="Name">The name that the model sees and writes.</param>
internal sealed record ToolDefinition(string Name)
{
    /// <summary>What the tool does; null when not given.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON schema of its arguments as the client sent it; null when not given. <c>Preparation</c> relaxes what the engine cannot use.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>The tool as the client sent it, in OpenAI's form (<c>{"type":"function","function":{…}}</c>), for members that gglib does not interpret; null when the dialect has another form.</summary>
    public JsonElement? Source { get; init; }
}
