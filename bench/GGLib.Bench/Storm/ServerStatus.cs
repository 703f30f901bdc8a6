using System.Text.Json;

namespace GGLib.Bench.Storm;

/// <summary>What gglib tells of its models: used to choose a moment, never to count.</summary>
/// <param name="Models">By name without the tag.</param>
internal sealed record ServerStatus(IReadOnlyDictionary<string, ModelStatus> Models)
{
    public static async Task<ServerStatus> ReadAsync(HttpClient http, int port)
    {
        using var document = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{port}/api/gglib/status")).ConfigureAwait(false));
        var models = new Dictionary<string, ModelStatus>(StringComparer.Ordinal);
        foreach (var model in document.RootElement.GetProperty("models").EnumerateArray())
        {
            models[model.GetProperty("name").GetString()!.Split(':')[0]] = new ModelStatus(
                model.GetProperty("phase").GetString()!,
                model.GetProperty("active_requests").GetInt32(),
                model.TryGetProperty("process_id", out var id) && id.ValueKind is JsonValueKind.Number ? id.GetInt32() : null);
        }

        return new(models);
    }
}
