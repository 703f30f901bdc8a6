using GGLib.Configuration.Files;

namespace GGLib.Configuration;

/// <summary>What the configuration says of the models of a name or pattern. Immutable.</summary>
/// <param name="Pattern">A name, or a pattern with <c>*</c>.</param>
/// <param name="Position">Where the section stands.</param>
/// <param name="Values">What it sets, of <see cref="ModelSettings.All"/>.</param>
/// <param name="Options">What it sets, of <see cref="ModelSettings.Options"/>.</param>
/// <param name="Arguments">Its <c>arguments</c> with their places.</param>
internal sealed record ModelSection(
    string Pattern,
    FilePosition Position,
    IReadOnlyDictionary<Setting, Candidate> Values,
    IReadOnlyDictionary<Setting, Candidate> Options,
    IReadOnlyList<FileValue> Arguments)
{
    public bool IsPattern => Pattern.Contains('*');

    /// <summary>Whether the section is about a model. <c>:latest</c> may be left out, case does not matter.</summary>
    public bool IsAbout(string model)
    {
        const string Latest = ":latest";
        return Matches(model) || (model.EndsWith(Latest, StringComparison.OrdinalIgnoreCase) && Matches(model[..^Latest.Length]));
    }

    private bool Matches(string name) =>
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(Escaped, name, ignoreCase: true);

    // "?" and "\" have a meaning of their own there.
    private string Escaped => Pattern.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal);
}
