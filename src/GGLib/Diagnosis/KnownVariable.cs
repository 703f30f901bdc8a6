using System.Globalization;
using GGLib.Configuration;
using GGLib.Server.Endpoints.Ollama.Requests;

namespace GGLib.Diagnosis;

/// <summary>An environment variable that gglib reads.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Form">What a value looks like, for people.</param>
/// <param name="IsUnderstood">Whether a value makes sense.</param>
internal sealed record KnownVariable(string Name, string Form, Func<string, bool> IsUnderstood)
{
    public static IReadOnlyList<KnownVariable> All { get; } =
    [
        new(ServerAddress.Variable, "host:port", static text => text.Length > 0),
        new("OLLAMA_KEEP_ALIVE", "a duration such as 5m, or seconds", IsDuration),
        new("OLLAMA_LOAD_TIMEOUT", "a duration such as 5m, or seconds", IsDuration),
        new("OLLAMA_MAX_LOADED_MODELS", "a whole number", IsCount),
        new("OLLAMA_MAX_QUEUE", "a whole number", IsCount),
        new("OLLAMA_NUM_PARALLEL", "a whole number", IsCount),
        new("OLLAMA_CONTEXT_LENGTH", "a whole number", IsCount),
        new("OLLAMA_KV_CACHE_TYPE", "a type such as q8_0", static _ => true),
        new("OLLAMA_FLASH_ATTENTION", "1 or 0", static _ => true),
        new("OLLAMA_ORIGINS", "origins with commas between", static _ => true),
        new("GGLIB_HOME", "a folder", static _ => true),
        new("GGLIB_LLAMA_SERVER", "the path of a llama-server", static _ => true),
        new("GGLIB_OLLAMA_VERSION", "a version such as 0.33.0", static text => System.Version.TryParse(text, out _)),
        new("GGLIB_DEBUG", "1 or 0", static _ => true),
    ];

    private static bool IsCount(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsDuration(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) || GoDuration.TryParse(text, out _, out _);
}
