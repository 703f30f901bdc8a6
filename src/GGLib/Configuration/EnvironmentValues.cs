namespace GGLib.Configuration;

/// <summary>
/// Reads environment variables the way Ollama does: spaces and quotes around a value do not count. What a value means, and that one
/// which makes no sense counts as none, is its <see cref="Setting"/>'s to say.
/// </summary>
internal sealed class EnvironmentValues(Func<string, string?> variable)
{
    /// <summary>The value, or null when it is unset or blank.</summary>
    public string? Text(string name) =>
        variable(name)?.Trim().Trim('"', '\'').Trim() is { Length: > 0 } value ? value : null;
}
