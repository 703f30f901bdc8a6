using System.Globalization;
using GGLib.Server.Endpoints.Ollama.Requests;

namespace GGLib.Configuration;

/// <summary>
/// Reads environment variables the way Ollama does: spaces and quotes around a value do not count, and a value that
/// makes no sense counts as none.
/// </summary>
internal sealed class EnvironmentValues(Func<string, string?> variable)
{
    /// <summary>The value, or null when it is unset or blank.</summary>
    public string? Text(string name) =>
        variable(name)?.Trim().Trim('"', '\'').Trim() is { Length: > 0 } value ? value : null;

    /// <summary>A number above zero; zero means "decide yourself" in all of these variables.</summary>
    public int? Count(string name) =>
        Text(name) is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : null;

    /// <summary>1, t, true and any other text are true; 0, f and false are false.</summary>
    public bool? Boolean(string name) =>
        Text(name) is { } text ? text is not ("0" or "f" or "F" or "false" or "False" or "FALSE") : null;

    /// <summary>A duration such as <c>5m</c>, or whole seconds.</summary>
    public TimeSpan? Duration(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(Math.Clamp(seconds, -MostSeconds, MostSeconds));
        }

        return GoDuration.TryParse(text, out var duration, out _) ? duration : null;
    }

    /// <summary>The parts between commas.</summary>
    public IReadOnlyList<string> List(string name) =>
        Text(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    // A century: longer than any run, and far from overflowing anything it is added to.
    private const long MostSeconds = 100L * 365 * 24 * 3600;
}
