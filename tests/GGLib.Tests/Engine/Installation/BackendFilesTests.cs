using GGLib.Engine.Installation;

namespace GGLib.Tests.Engine.Installation;

public sealed class BackendFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, "libggml-base.so.0", "libggml-cpu-haswell.so", "libggml-cpu-x64.so", "libggml.so")]
    [InlineData(false, "libggml-cpu-haswell.so", "libggml-vulkan.so")]
    [InlineData(false, "ggml-cpu-haswell.dll", "ggml-cuda.dll", "cudart64_12.dll")]
    [InlineData(false, "libggml-metal.0.dylib", "libggml-cpu.dylib", "libggml-blas.dylib")]
    [InlineData(false, "llama-server")] // linked in: nothing to tell from, so no warning
    public void An_engine_is_cpu_only_when_its_libraries_say_so(bool cpuOnly, params string[] files)
    {
        foreach (var file in files)
        {
            File.WriteAllText(_folder[file], "");
        }

        Assert.Equal(cpuOnly, Engine(_folder["llama-server"]).IsCpuOnly);
    }

    [Fact]
    public void Packages_keep_backends_away_from_the_program()
    {
        Directory.CreateDirectory(_folder["usr", "bin"]);
        Directory.CreateDirectory(_folder["usr", "lib", "x86_64-linux-gnu", "ggml", "backends0"]);
        File.WriteAllText(_folder["usr", "lib", "x86_64-linux-gnu", "ggml", "backends0", "libggml-vulkan.so"], "");
        File.WriteAllText(_folder["usr", "lib", "x86_64-linux-gnu", "ggml", "backends0", "libggml-cpu-zen4.so"], "");
        Assert.Equal(["cpu", "vulkan"], BackendFiles.Beside(_folder["usr", "bin", "llama-server"]));
    }

    private static EngineBinary Engine(string path) => new()
    {
        Path = path,
        Command = [path],
        Origin = EngineOrigin.SearchPath,
        Version = "1",
        Flags = [],
        Backends = BackendFiles.Beside(path),
    };
}
