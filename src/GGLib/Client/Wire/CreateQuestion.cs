using System.Text.Json;

namespace GGLib.Client.Wire;

/// <summary>A <c>/api/create</c> from a model that the server has or can fetch.</summary>
internal sealed record CreateQuestion
{
    public required string Model { get; init; }

    public required string From { get; init; }

    public string? Template { get; init; }

    public string? System { get; init; }

    public JsonElement? Parameters { get; init; }

    public IReadOnlyList<string>? License { get; init; }

    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    public string? Quantize { get; init; }

    public string? Requires { get; init; }
}
