using GGLib.Engine.Installation.Debian;

namespace GGLib.Tests.Engine.Installation;

public sealed class RelocatedPackagesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x86_64-linux-gnu", "ld-linux-x86-64.so.2")]
    [InlineData("aarch64-linux-gnu", "ld-linux-aarch64.so.1")]
    public void The_loader_runs_the_program_and_finds_the_backends_beside_itself(string triplet, string loader)
    {
        Touch("usr/bin/llama-server");
        Touch("usr/bin/wget");
        Touch($"usr/lib/{triplet}/{loader}");
        Touch($"usr/lib/{triplet}/libc.so.6");
        Touch($"usr/lib/{triplet}/gconv/BIG5.so");
        Touch($"usr/lib/{triplet}/llama/libllama-server-impl.so");
        Touch($"usr/lib/{triplet}/ggml/backends0/libggml-cpu-x.so");
        Touch("usr/share/doc/libc6/copyright");
        Touch("etc/wgetrc");

        var arranged = RelocatedPackages.Arrange(_folder.Path);

        var lib = $"{{root}}/usr/lib/{triplet}";
        Assert.NotNull(arranged);
        Assert.Equal([$"{lib}/{loader}", "--library-path", $"{lib}:{lib}/llama:{lib}/ggml/backends0", "{root}/usr/bin/llama-server"], arranged.Value.Command);
        Assert.Equal("ggml/backends0/libggml-cpu-x.so", new FileInfo(_folder["usr", "lib", triplet, "libggml-cpu-x.so"]).LinkTarget);
        Assert.True(File.Exists(_folder["usr", "lib", triplet, "libc.so.6"]));
        Assert.Equal(["bin", "lib"], Directory.GetFileSystemEntries(_folder["usr"]).Select(Path.GetFileName).Order());
        Assert.Equal(["llama-server"], Directory.GetFiles(_folder["usr", "bin"]).Select(Path.GetFileName));
        Assert.False(Directory.Exists(_folder["etc"]) || Directory.Exists(_folder["usr", "lib", triplet, "gconv"]));
    }

    [Fact]
    public void Packages_of_another_shape_are_refused()
    {
        Touch("usr/bin/llama-server");
        Assert.Null(RelocatedPackages.Arrange(_folder.Path));
    }

    private void Touch(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], "");
    }
}
