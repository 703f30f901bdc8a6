namespace GGLib.Chat.Editing;

/// <summary>
/// The lines of this and earlier conversations, in a file that only its owner can read: what people ask is nobody else's business.
/// A file that cannot be used means a history of this conversation alone.
/// </summary>
internal sealed class History
{
    private const int Most = 1000;

    private readonly List<string> _lines = [];
    private readonly string _path;

    public History(string path)
    {
        _path = path;
        try
        {
            if (File.Exists(path))
            {
                _lines.AddRange(File.ReadLines(path).TakeLast(Most).Select(Unescape));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    public int Count => _lines.Count;

    /// <summary>Whether lines are kept; those that are there stay reachable.</summary>
    public bool Keeps { get; set; } = true;

    public string this[int index] => _lines[index];

    public void Add(string line)
    {
        if (!Keeps || line.Length == 0 || (_lines.Count > 0 && _lines[^1] == line))
        {
            return;
        }

        _lines.Add(line);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var file = new StreamWriter(_path, options);
            file.Write(Escape(line) + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    // A line of the file is an entry, which may itself have lines.
    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Unescape(string text) =>
        string.Join('\\', text.Split("\\\\").Select(static part => part.Replace("\\n", "\n", StringComparison.Ordinal)));
}
