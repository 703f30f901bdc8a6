using GGLib.Catalog;
using GGLib.Engine.Launching;
using GGLib.Gguf;
using GGLib.Server.EngineRequests;

namespace GGLib.Configuration;

/// <summary>A sampling value of a request that says nothing of it, and where it came from.</summary>
/// <param name="Name">Ollama's name.</param>
/// <param name="Value">The value as JSON; null where llama-server decides.</param>
/// <param name="Origin">Where it came from.</param>
internal sealed record SamplingExplanation(string Name, string? Value, ValueOrigin Origin)
{
    private const string FilePrefix = "general.sampling.";

    // Ollama's name, llama-server's field, and the key under which a model's file may recommend one.
    private static readonly (string Name, string Field, string? Key)[] Known =
    [
        ("temperature", "temperature", "temp"),
        ("top_k", "top_k", "top_k"),
        ("top_p", "top_p", "top_p"),
        ("min_p", "min_p", "min_p"),
        ("typical_p", "typical_p", null),
        ("repeat_last_n", "repeat_last_n", "penalty_last_n"),
        ("repeat_penalty", "repeat_penalty", "penalty_repeat"),
        ("presence_penalty", "presence_penalty", null),
        ("frequency_penalty", "frequency_penalty", null),
        ("seed", "seed", null),
        ("num_predict", "n_predict", null),
        ("num_keep", "n_keep", null),
        ("stop", "stop", null),
    ];

    /// <summary>All of them. What is sent comes from the same translation that requests go through; what is not sent llama-server takes from the model's file.</summary>
    public static IReadOnlyList<SamplingExplanation> Of(CatalogModel model, Settings settings, int contextLength)
    {
        var name = model.Name.Display;
        var sections = settings.SamplingOf(name);
        var file = Recommended(model.Path);
        using var sent = SamplingPreview.Of(ModelOptions.Over(settings.OptionsOf(name), model.Profile.Parameters), contextLength);
        return [.. Known.Select(known =>
        {
            var recommended = known.Key is { } key ? file.GetValueOrDefault(FilePrefix + key) : null;
            if (!sent.RootElement.TryGetProperty(known.Field, out var value))
            {
                return recommended is null
                    ? new SamplingExplanation(known.Name, null, new(OriginKind.LlamaServer, "llama-server's own"))
                    : new SamplingExplanation(known.Name, recommended, new(OriginKind.ModelFile, $"{FilePrefix}{known.Key} of the model's file"));
            }

            var origin = sections.FirstOrDefault(pair => pair.Key.Name == known.Name).Value?.Origin
                ?? (model.Profile.Parameters is { } stored && stored.TryGetProperty(known.Name, out _)
                    ? new ValueOrigin(OriginKind.Stored, $"PARAMETER {known.Name} of the model")
                    : new ValueOrigin(OriginKind.Default, "gglib's default, as Ollama's"));
            return new SamplingExplanation(known.Name, value.GetRawText(), recommended is null ? origin : origin with { Text = $"{origin.Text}; goes before {recommended} of the model's file" });
        })];
    }

    /// <summary>What the model's file recommends, as JSON; empty when it cannot be read.</summary>
    private static Dictionary<string, string> Recommended(string path)
    {
        try
        {
            var file = GgufFile.Read(path, GgufReadOptions.None);
            return file.Metadata
                .Where(static pair => pair.Key.StartsWith(FilePrefix, StringComparison.Ordinal))
                .Select(static pair => (pair.Key, Text: Text(pair.Value)))
                .Where(static pair => pair.Text is not null)
                .ToDictionary(static pair => pair.Key, static pair => pair.Text!);
        }
        catch (Exception error) when (error is GgufException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? Text(GgufValue value) =>
        value.TryGetInteger(out var whole) ? whole.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : value.TryGetSingle(out var single) ? single.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : value.TryGetNumber(out var number) ? number.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : null;
}
