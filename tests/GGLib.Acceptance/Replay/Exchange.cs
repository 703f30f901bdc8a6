using System.Globalization;
using System.Text.Json;

namespace GGLib.Acceptance.Replay;

/// <summary>One recorded exchange.</summary>
internal sealed record Exchange
{
    /// <summary>Its place in the recording.</summary>
    public required int Number { get; init; }

    public required string Name { get; init; }

    public required string Method { get; init; }

    /// <summary>As sent, double slashes and all.</summary>
    public required string Path { get; init; }

    public required IReadOnlyDictionary<string, string> RequestHeaders { get; init; }

    public required string? RequestBody { get; init; }

    public required Answer Answer { get; init; }

    /// <summary>Whether the engine was killed while it answered.</summary>
    public bool IsKilled => Name.EndsWith("-runner-killed", StringComparison.Ordinal);

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<Exchange> All() =>
        [.. Directory.GetFiles(System.IO.Path.Combine(AppContext.BaseDirectory, "Recorded", "exchanges"), "*.json").Order(StringComparer.Ordinal).Select(Read)];

    public override string ToString() => $"{Number:D3} {Name}";

    private static Exchange Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var root = document.RootElement;
        var request = root.GetProperty("request");
        var response = root.GetProperty("response");
        return new Exchange
        {
            Number = int.Parse(System.IO.Path.GetFileName(file).AsSpan(0, 3), CultureInfo.InvariantCulture),
            Name = root.GetProperty("name").GetString()!,
            Method = request.GetProperty("method").GetString()!,
            Path = request.GetProperty("path").GetString()!,
            RequestHeaders = request.GetProperty("headers").EnumerateObject().ToDictionary(static header => header.Name, static header => header.Value.GetString()!),
            RequestBody = request.GetProperty("body").GetString(),
            Answer = new Answer(
                response.GetProperty("status").GetInt32(),
                response.GetProperty("headers").EnumerateArray()
                    .GroupBy(static header => header[0].GetString()!, StringComparer.OrdinalIgnoreCase)
                    .ToDictionary(static header => header.Key, static header => string.Join(", ", header.Select(static value => value[1].GetString())), StringComparer.OrdinalIgnoreCase),
                response.GetProperty("body").GetString() ?? ""),
        };
    }
}
