namespace GGLib.Diagnosis;

/// <summary>One thing that was looked at.</summary>
/// <param name="Subject">What, in a word or two.</param>
/// <param name="State"><c>ok</c>, <c>note</c> (works, but a user should know) or <c>wrong</c>.</param>
/// <param name="Text">What was found.</param>
/// <param name="Remedy">One sentence what to do; null only when all is fine.</param>
internal sealed record Finding(string Subject, string State, string Text, string? Remedy)
{
    public const string Ok = "ok";
    public const string Note = "note";
    public const string Wrong = "wrong";

    public static Finding Fine(string subject, string text) => new(subject, Ok, text, null);

    public static Finding Know(string subject, string text, string remedy) => new(subject, Note, text, remedy);

    public static Finding Bad(string subject, string text, string remedy) => new(subject, Wrong, text, remedy);
}
