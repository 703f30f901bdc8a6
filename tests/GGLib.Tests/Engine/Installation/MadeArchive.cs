using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace GGLib.Tests.Engine.Installation;

/// <summary>Archives as the release builds make them.</summary>
internal static class MadeArchive
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>A release for Linux: one folder, the program, a library and a link to it.</summary>
    public static byte[] Tar(string server, int padding = 0) => Tar(
        new PaxTarEntry(TarEntryType.Directory, "llama-b6123/"),
        File("llama-b6123/llama-server", server, Executable),
        File("llama-b6123/libggml-cpu-x64.so.0", "library", UnixFileMode.UserRead),
        File("llama-b6123/padding", Noise(padding), UnixFileMode.UserRead),
        new PaxTarEntry(TarEntryType.SymbolicLink, "llama-b6123/libggml-cpu-x64.so") { LinkName = "libggml-cpu-x64.so.0" });

    public static byte[] Tar(params TarEntry[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zipped = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zipped))
        {
            foreach (var entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }

        return bytes.ToArray();
    }

    public static TarEntry File(string name, string content, UnixFileMode mode = UnixFileMode.UserRead) =>
        new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = mode, DataStream = new MemoryStream(Encoding.Latin1.GetBytes(content)) };

    public static byte[] Zip(params (string Name, string Content, int UnixMode)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content, mode) in entries)
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = mode << 16;
                using var stream = entry.Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Bytes that do not compress, the same every time.</summary>
    private static string Noise(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return Encoding.Latin1.GetString(bytes);
    }
}
