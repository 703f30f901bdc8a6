namespace GGLib.Rendering;

/// <summary>Colours for words, or none.</summary>
internal sealed class Paint(bool on)
{
    public string Bold(string text) => With("1", text);

    public string Dim(string text) => With("2", text);

    public string Green(string text) => With("32", text);

    public string Yellow(string text) => With("33", text);

    public string Red(string text) => With("31", text);

    public string Cyan(string text) => With("36", text);

    private string With(string code, string text) => on ? $"\e[{code}m{text}\e[0m" : text;
}
