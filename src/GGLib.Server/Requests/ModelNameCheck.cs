using GGLib.Catalog;
using GGLib.Server.Failures;

namespace GGLib.Server.Requests;

/// <summary>Checks the form of a model's name in a request: a name that no model can have is an invalid request, not an unknown model.</summary>
internal static class ModelNameCheck
{
    /// <summary>Why the name is malformed; null when it is well-formed, or empty. What an empty name means differs between APIs.</summary>
    public static InferenceFailure? Failure(string name) => Conflict(name) is { } conflict
        ? new InferenceFailure.InvalidRequest(conflict, "model")
        : name.Trim().Length == 0 || ModelName.TryParse(name, out _) ? null : new InferenceFailure.InvalidRequest("invalid model name", "model");

    // The suffixes ":local" and ":cloud" name the copy that is meant, and only one can be.
    private static string? Conflict(string name)
    {
        var text = name.Trim();
        return SuffixLength(text) is > 0 and var length && SuffixLength(text[..^length]) > 0
            ? $"use either :local or :cloud, not both: \"{text}\""
            : null;
    }

    private static int SuffixLength(string name)
    {
        var last = name[(name.LastIndexOf(':') + 1)..];
        return last.Length == name.Length ? 0
            : last.Equals("local", StringComparison.OrdinalIgnoreCase) || last.Equals("cloud", StringComparison.OrdinalIgnoreCase) ? last.Length + 1
            : !last.Contains('/', StringComparison.Ordinal) && last.EndsWith("-cloud", StringComparison.OrdinalIgnoreCase) ? "-cloud".Length
            : 0;
    }
}
