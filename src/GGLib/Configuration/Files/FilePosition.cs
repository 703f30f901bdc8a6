namespace GGLib.Configuration.Files;

/// <summary>A place in a text file, both counted from 1; columns are characters.</summary>
internal readonly record struct FilePosition(int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";
}
