using System.Text.Json;

namespace GGLib.Server.EngineRequests;

/// <summary>An image or a sound as a content part. What it is shows in its first bytes.</summary>
internal static class MediaTranslation
{
    /// <summary>Why the engine could not read the file; null when it can.</summary>
    public static string? Refusal(ReadOnlySpan<byte> file) =>
        IsWebP(file) ? "WebP images are not supported: send PNG or JPEG"
        : IsOtherSound(file) ? "FLAC and Ogg sounds are not supported: send WAV or MP3"
        : null;

    /// <summary>The same for a file inside a <c>data:</c> address, judged by its first bytes and not by the type it claims.</summary>
    public static string? Refusal(string dataUrl)
    {
        var file = dataUrl.AsSpan(dataUrl.IndexOf(',', StringComparison.Ordinal) + 1);
        Span<byte> head = stackalloc byte[12];
        return file.Length >= 16 && Convert.TryFromBase64Chars(file[..16], head, out var length) ? Refusal(head[..length]) : null;
    }

    /// <summary>Whether the file is a sound rather than an image.</summary>
    public static bool IsAudio(ReadOnlySpan<byte> file) => IsWave(file) || IsMp3(file) || IsOtherSound(file);

    public static void WritePart(Utf8JsonWriter writer, byte[] file)
    {
        writer.WriteStartObject();
        if (IsAudio(file))
        {
            writer.WriteString("type"u8, "input_audio"u8);
            writer.WriteStartObject("input_audio"u8);
            writer.WriteBase64String("data"u8, file);
            writer.WriteString("format"u8, IsWave(file) ? "wav"u8 : "mp3"u8);
        }
        else
        {
            writer.WriteString("type"u8, "image_url"u8);
            writer.WriteStartObject("image_url"u8);
            writer.WriteString("url"u8, $"data:{ImageType(file)};base64,{Convert.ToBase64String(file)}");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

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
