using System.Globalization;
using GGLib.Engine.Installation;

namespace GGLib.Engine.Launching;

/// <summary>Arguments that a user wants llama-server to be given as they are. One that it does not know would end it at once, with a page of help.</summary>
public static class ExtraArguments
{
    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        ["-m"] = "gglib names the model itself",
        ["--model"] = "gglib names the model itself",
        ["-a"] = "gglib needs it for itself",
        ["--alias"] = "gglib needs it for itself",
        ["--host"] = "gglib needs it for itself",
        ["--port"] = "gglib needs it for itself",
        ["--api-key"] = "gglib needs it for itself",
        ["-c"] = "say contextLength instead",
        ["--ctx-size"] = "say contextLength instead",
        ["-np"] = "say parallel instead",
        ["--parallel"] = "say parallel instead",
    };

    /// <summary>Why the argument cannot be passed on to any llama-server; null when it can, or is a flag's value.</summary>
    public static string? Refusal(string argument) =>
        Own.TryGetValue(argument, out var reason) ? $"'{argument}' cannot be given here: {reason}" : null;

    /// <summary>Why this llama-server does not take the argument; null when it does, or when it is a flag's value.</summary>
    public static string? Refusal(EngineBinary binary, string argument) =>
        Refusal(argument) ?? (LooksLikeFlag(argument) && !binary.Supports(argument)
            ? $"llama-server {binary.Version} knows no flag '{argument}'"
            : null);

    // "-1" is a value.
    private static bool LooksLikeFlag(string argument) =>
        argument is ['-', _, ..] && !double.TryParse(argument, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
