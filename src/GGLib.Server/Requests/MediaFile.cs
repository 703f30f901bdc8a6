namespace GGLib.Server.Requests;

/// <summary>An image or audio file. Its first bytes decide its type, not the type that a client claims.</summary>
internal static class MediaFile
{
    /// <summary>Why the engine cannot read the file; null when it can.</summary>
    public static string? Refusal(ReadOnlySpan<byte> file) =>
        IsWebP(file) ? "WebP images are not supported: send PNG or JPEG"
        : IsOtherSound(file) ? "FLAC and Ogg sounds are not supported: send WAV or MP3"
        : null;

    /// <summary>The same for a file inside a <c>data:</c> URL.</summary>
    public static string? Refusal(string dataUrl)
    {
        var file = dataUrl.AsSpan(dataUrl.IndexOf(',', StringComparison.Ordinal) + 1);
        Span<byte> head = stackalloc byte[12];
        return file.Length >= 16 && Convert.TryFromBase64Chars(file[..16], head, out var length) ? Refusal(head[..length]) : null;
    }

    /// <summary>Whether the file is audio.</summary>
    public static bool IsAudio(ReadOnlySpan<byte> file) => IsWave(file) || IsMp3(file) || IsOtherSound(file);

    /// <summary>The file as a message part.</summary>
    public static ContentPart PartOf(byte[] file) => IsAudio(file)
        ? new ContentPart.Audio(Convert.ToBase64String(file), IsWave(file) ? "wav" : "mp3")
        : new ContentPart.Image($"data:{ImageType(file)};base64,{Convert.ToBase64String(file)}");

    private static string ImageType(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? "image/jpeg"
        : file.StartsWith("GIF8"u8) ? "image/gif"
        : file.StartsWith("BM"u8) ? "image/bmp"
        : "image/png";

    private static bool IsWebP(ReadOnlySpan<byte> file) => file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..12].SequenceEqual("WEBP"u8);

    private static bool IsWave(ReadOnlySpan<byte> file) => file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..12].SequenceEqual("WAVE"u8);

    private static bool IsOtherSound(ReadOnlySpan<byte> file) => file.StartsWith("fLaC"u8) || file.StartsWith("OggS"u8);

    private static bool IsMp3(ReadOnlySpan<byte> file) =>
        file.StartsWith("ID3"u8) || (file.Length >= 2 && file[0] == 0xff && (file[1] & 0xe0) == 0xe0 && file[1] != 0xff && !file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8]));
}
