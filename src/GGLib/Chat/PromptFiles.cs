using System.Text.RegularExpressions;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Chat;

/// <summary>Images that a prompt names by their path.</summary>
/// <param name="Text">The prompt without the paths.</param>
/// <param name="Images">The files' bytes.</param>
/// <param name="Paths">Where they were.</param>
internal sealed partial record PromptFiles(string Text, IReadOnlyList<byte[]> Images, IReadOnlyList<string> Paths)
{
    // The engine gets it in one piece; a mistake in a path should not read a disk.
    private const long MostBytes = 100_000_000;

    /// <summary>Whether reading the prompt is worth asking the server whether its model can see.</summary>
    public static bool MayBeIn(string prompt) => ImagePath().IsMatch(prompt);

    /// <summary>
    /// A path ends in .png, .jpg or .jpeg, stands in quotes or has its blanks behind backslashes, and names a file that is there; any other
    /// text stays text. What the file holds is told from its first bytes.
    /// </summary>
    public static Attempt<PromptFiles> Read(string prompt)
    {
        List<byte[]> images = [];
        List<string> paths = [];
        CommandFailure? failure = null;
        var text = ImagePath().Replace(prompt, match =>
        {
            var path = (match.Groups["quoted"] is { Success: true } quoted ? quoted.Value : match.Groups["bare"].Value).Replace("\\ ", " ", StringComparison.Ordinal);
            if (failure is not null || !File.Exists(path))
            {
                return match.Value;
            }

            try
            {
                if (new FileInfo(path).Length > MostBytes)
                {
                    failure = new CommandFailure(ExitCode.Failure, $"'{SafeText.OneLine(path)}' is larger than 100 MB.");
                    return match.Value;
                }

                var bytes = File.ReadAllBytes(path);
                if (!bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) && !bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
                {
                    failure = new CommandFailure(ExitCode.Failure, $"'{SafeText.OneLine(path)}' is no PNG or JPEG image.");
                    return match.Value;
                }

                images.Add(bytes);
                paths.Add(path);
                return "";
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                failure = new CommandFailure(ExitCode.Failure, $"'{SafeText.OneLine(path)}' cannot be read: {SafeText.OneLine(error.Message)}");
                return match.Value;
            }
        });
        return failure is null ? new PromptFiles(text.Trim(), images, paths) : failure;
    }

    [GeneratedRegex("""'(?<quoted>[^'\n]+\.(?:png|jpe?g))'|"(?<quoted>[^"\n]+\.(?:png|jpe?g))"|(?<=^|\s)(?<bare>(?:\\ |\S)+\.(?:png|jpe?g))(?=$|[\s,;:!?.)])""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ImagePath();
}
