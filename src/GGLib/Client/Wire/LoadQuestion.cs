using System.Text.Json;

namespace GGLib.Client.Wire;

/// <summary>A <c>/api/generate</c> without a prompt: loads, or with a keep-alive of 0 unloads.</summary>
internal sealed record LoadQuestion(string Model, JsonElement? KeepAlive);
