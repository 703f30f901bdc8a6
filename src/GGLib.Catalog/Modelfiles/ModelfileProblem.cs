namespace GGLib.Catalog.Modelfiles;

/// <summary>Why a text is no Modelfile.</summary>
/// <param name="Line">The line, from 1; null where it is about the whole.</param>
/// <param name="Message">What is wrong there.</param>
public sealed record ModelfileProblem(int? Line, string Message)
{
    public override string ToString() => Line is null ? Message : $"line {Line}: {Message}";
}
