using System.Buffers;

namespace GGLib.Catalog;

/// <summary>The digest that a file's own name states, where files are named by their content: Ollama's blobs, and what the links of Hugging Face's cache lead to.</summary>
internal static class ContentName
{
    private const int Digits = 64;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>64 lower-case hexadecimal digits, or null. Whether the content is still that, only reading it tells.</summary>
    public static string? Sha256Of(string path)
    {
        var name = Path.GetFileName(path);
        if (name.Length == Digits + 7 && (name.StartsWith("sha256-", StringComparison.Ordinal) || name.StartsWith("sha256:", StringComparison.Ordinal)))
        {
            return Digest(name[7..]);
        }

        // A small file is named by the SHA-1 that git gives it, which has 40 digits.
        return FileStamp.Target(path) is { Name.Length: Digits, Directory.Name: "blobs" } target ? Digest(target.Name) : null;
    }

    private static string? Digest(string text) => text.AsSpan().ContainsAnyExcept(Hexadecimal) ? null : text;
}
