using System.Formats.Tar;
using GGLib.Engine.Installation.Releases;

namespace GGLib.Tests.Engine.Installation;

public sealed class ArchiveUnpackerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> HostileTars => ["../evil", "a/../../evil", "/tmp/gglib-evil-absolute", "link-out", "link-absolute", "through-link", "chain", "hard-link-out", "hard-link-to-link", "twice"];

    [Theory]
    [MemberData(nameof(HostileTars))]
    public async Task Nothing_is_written_outside(string kind)
    {
        static TarEntry Link(string name, string target) => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target };
        await File.WriteAllTextAsync(_folder["secret"], "secret", TestContext.Current.CancellationToken);
        TarEntry[] entries = kind switch
        {
            "link-out" => [Link("out", "../secret")],
            "link-absolute" => [Link("out", "/etc/passwd")],
            "through-link" => [new PaxTarEntry(TarEntryType.Directory, "real"), Link("linked", "real"), MadeArchive.File("linked/evil", "x")],
            "chain" => [new PaxTarEntry(TarEntryType.Directory, "a/b"), Link("a/b/up", ".."), Link("a/up", "b/up/..")],
            "hard-link-out" => [new PaxTarEntry(TarEntryType.HardLink, "out") { LinkName = "../secret" }],
            "hard-link-to-link" => [Link("self", "self"), new PaxTarEntry(TarEntryType.HardLink, "out") { LinkName = "self" }],
            "twice" => [Link("file", "elsewhere"), MadeArchive.File("file", "x")],
            _ => [MadeArchive.File(kind, "x")],
        };

        var error = await Assert.ThrowsAnyAsync<Exception>(() => UnpackAsync("a.tar.gz", MadeArchive.Tar(entries)));
        Assert.True(error is InvalidDataException or IOException, error.ToString());
        Assert.Equal(["a.tar.gz", "secret", "to"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.False(File.Exists("/tmp/gglib-evil-absolute"));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder["to"], "*", SearchOption.AllDirectories), static path => path.EndsWith("evil", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../evil", "x", 0x81A4)]
    [InlineData("..\\evil", "x", 0x81A4)]
    [InlineData("link", "../secret", 0xA1FF)]
    public async Task Nothing_of_a_zip_is_written_outside(string name, string content, int mode)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => UnpackAsync("a.zip", MadeArchive.Zip((name, content, mode))));
        Assert.Equal(["a.zip", "to"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Modes_and_links_are_kept_but_no_special_bits()
    {
        await UnpackAsync("a.tar.gz", MadeArchive.Tar(
            MadeArchive.File("bin/tool", "x", (UnixFileMode)0b100_111_111_111),
            MadeArchive.File("lib.so.1", "library"),
            new PaxTarEntry(TarEntryType.SymbolicLink, "lib.so") { LinkName = "lib.so.1" },
            new PaxTarEntry(TarEntryType.HardLink, "lib.copy") { LinkName = "lib.so.1" },
            new PaxTarEntry(TarEntryType.Fifo, "pipe")));

        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(_folder["to", "bin", "tool"]);
            Assert.True(mode.HasFlag(UnixFileMode.UserExecute));
            Assert.Equal((UnixFileMode)0, mode & (UnixFileMode.SetUser | UnixFileMode.OtherWrite));
            Assert.False(File.GetUnixFileMode(_folder["to", "lib.so.1"]).HasFlag(UnixFileMode.UserExecute));
        }

        Assert.Equal("lib.so.1", new FileInfo(_folder["to", "lib.so"]).LinkTarget);
        Assert.Equal("library", await File.ReadAllTextAsync(_folder["to", "lib.copy"], TestContext.Current.CancellationToken));
        Assert.False(File.Exists(_folder["to", "pipe"]));
    }

    [Fact]
    public async Task Damaged_archives_are_invalid_data()
    {
        var whole = MadeArchive.Tar(FakeBinary.Text(), padding: 10_000);
        await Assert.ThrowsAnyAsync<Exception>(() => UnpackAsync("a.tar.gz", whole[..(whole.Length / 2)]));
        await Assert.ThrowsAsync<InvalidDataException>(() => UnpackAsync("b.tar.gz", [1, 2, 3]));
        await Assert.ThrowsAsync<InvalidDataException>(() => UnpackAsync("b.zip", [1, 2, 3]));
    }

    private async Task UnpackAsync(string name, byte[] archive)
    {
        await File.WriteAllBytesAsync(_folder[name], archive, TestContext.Current.CancellationToken);
        await ArchiveUnpacker.UnpackAsync(_folder[name], _folder["to"], TestContext.Current.CancellationToken);
    }
}
