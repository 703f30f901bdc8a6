using System.Globalization;
using GGLib.Engine.Hardware;
using GGLib.Engine.Installation.Releases;

namespace GGLib.Tests.Engine.Installation;

public sealed class AssetChoiceTests
{
    /// <summary>The names of a release of mid 2025: zip archives everywhere.</summary>
    private static readonly string[] Earlier =
    [
        "cudart-llama-bin-win-cuda-12.4-x64.zip",
        "llama-b6123-bin-macos-arm64.zip", "llama-b6123-bin-macos-x64.zip",
        "llama-b6123-bin-ubuntu-vulkan-x64.zip", "llama-b6123-bin-ubuntu-x64.zip",
        "llama-b6123-bin-win-cpu-arm64.zip", "llama-b6123-bin-win-cpu-x64.zip",
        "llama-b6123-bin-win-cuda-12.4-x64.zip", "llama-b6123-bin-win-hip-radeon-x64.zip",
        "llama-b6123-bin-win-opencl-adreno-arm64.zip", "llama-b6123-bin-win-sycl-x64.zip", "llama-b6123-bin-win-vulkan-x64.zip",
        "llama-b6123-xcframework.zip",
    ];

    /// <summary>The names of 2026: tar.gz outside of Windows, more variants, two CUDA versions.</summary>
    private static readonly string[] Recent =
    [
        "cudart-llama-bin-win-cuda-12.4-x64.zip", "cudart-llama-bin-win-cuda-13.3-x64.zip",
        "llama-b8999-bin-310p-openEuler-aarch64.tar.gz", "llama-b8999-bin-android-arm64.tar.gz",
        "llama-b8999-bin-macos-arm64-kleidiai.tar.gz", "llama-b8999-bin-macos-arm64.tar.gz", "llama-b8999-bin-macos-x64.tar.gz",
        "llama-b8999-bin-ubuntu-arm64.tar.gz", "llama-b8999-bin-ubuntu-openvino-2026.0-x64.tar.gz", "llama-b8999-bin-ubuntu-rocm-7.2-x64.tar.gz",
        "llama-b8999-bin-ubuntu-s390x.tar.gz", "llama-b8999-bin-ubuntu-sycl-fp16-x64.tar.gz", "llama-b8999-bin-ubuntu-vulkan-arm64.tar.gz",
        "llama-b8999-bin-ubuntu-vulkan-x64.tar.gz", "llama-b8999-bin-ubuntu-x64.tar.gz",
        "llama-b8999-bin-win-cpu-arm64.zip", "llama-b8999-bin-win-cpu-x64.zip",
        "llama-b8999-bin-win-cuda-12.4-x64.zip", "llama-b8999-bin-win-cuda-13.3-x64.zip", "llama-b8999-bin-win-hip-radeon-x64.zip",
        "llama-b8999-bin-win-sycl-x64.zip", "llama-b8999-bin-win-vulkan-x64.zip",
        "llama-b8999-ui.tar.gz", "llama-b8999-xcframework.zip",
    ];

    [Theory]
    [InlineData("ubuntu", "x64", "", "", "llama-b6123-bin-ubuntu-x64.zip")]
    [InlineData("ubuntu", "x64", "Nvidia", "", "llama-b6123-bin-ubuntu-vulkan-x64.zip")]
    [InlineData("ubuntu", "x64", "Amd", "", "llama-b6123-bin-ubuntu-vulkan-x64.zip")]
    [InlineData("ubuntu", "arm64", "", "", null)]
    [InlineData("macos", "arm64", "Apple", "", "llama-b6123-bin-macos-arm64.zip")]
    [InlineData("win", "x64", "", "", "llama-b6123-bin-win-cpu-x64.zip")]
    [InlineData("win", "x64", "Nvidia", "12.8", "llama-b6123-bin-win-cuda-12.4-x64.zip + cudart-llama-bin-win-cuda-12.4-x64.zip")]
    [InlineData("win", "x64", "Nvidia", "11.8", "llama-b6123-bin-win-vulkan-x64.zip")]
    [InlineData("win", "x64", "Amd", "", "llama-b6123-bin-win-vulkan-x64.zip")]
    [InlineData("win", "arm64", "Other", "", "llama-b6123-bin-win-cpu-arm64.zip")]
    public void Earlier_names(string system, string cpu, string gpus, string cuda, string? expected) => Check(Earlier, system, cpu, gpus, cuda, expected);

    [Theory]
    [InlineData("ubuntu", "x64", "", "", "llama-b8999-bin-ubuntu-x64.tar.gz")]
    [InlineData("ubuntu", "x64", "Nvidia", "", "llama-b8999-bin-ubuntu-vulkan-x64.tar.gz")]
    [InlineData("ubuntu", "x64", "Amd Intel", "", "llama-b8999-bin-ubuntu-vulkan-x64.tar.gz")]
    [InlineData("ubuntu", "arm64", "", "", "llama-b8999-bin-ubuntu-arm64.tar.gz")]
    [InlineData("ubuntu", "arm64", "Nvidia", "", "llama-b8999-bin-ubuntu-vulkan-arm64.tar.gz")]
    [InlineData("ubuntu", "s390x", "", "", "llama-b8999-bin-ubuntu-s390x.tar.gz")]
    [InlineData("ubuntu", "riscv64", "", "", null)]
    [InlineData("macos", "arm64", "Apple", "", "llama-b8999-bin-macos-arm64.tar.gz")]
    [InlineData("macos", "x64", "", "", "llama-b8999-bin-macos-x64.tar.gz")]
    [InlineData("win", "x64", "Nvidia", "13.3", "llama-b8999-bin-win-cuda-13.3-x64.zip + cudart-llama-bin-win-cuda-13.3-x64.zip")]
    [InlineData("win", "x64", "Nvidia", "13.0", "llama-b8999-bin-win-cuda-12.4-x64.zip + cudart-llama-bin-win-cuda-12.4-x64.zip")]
    [InlineData("win", "x64", "Nvidia", "", "llama-b8999-bin-win-cuda-12.4-x64.zip + cudart-llama-bin-win-cuda-12.4-x64.zip")]
    [InlineData("win", "x64", "Other", "", "llama-b8999-bin-win-vulkan-x64.zip")]
    public void Recent_names(string system, string cpu, string gpus, string cuda, string? expected) => Check(Recent, system, cpu, gpus, cuda, expected);

    [Fact]
    public void The_cuda_version_is_in_the_head_of_nvidias_table()
    {
        const string table = """
            +-----------------------------------------------------------------------------------------+
            | NVIDIA-SMI 570.124.06             Driver Version: 570.124.06     CUDA Version: 12.8     |
            """;
        Assert.Equal(new Version(12, 8), ReleaseTarget.CudaVersionIn(table));
        Assert.Null(ReleaseTarget.CudaVersionIn("CUDA Version: N/A"));
    }

    private static void Check(string[] names, string system, string cpu, string gpus, string cuda, string? expected)
    {
        var target = new ReleaseTarget(
            system,
            cpu,
            [.. gpus.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<GpuVendor>)],
            cuda.Length == 0 ? null : Version.Parse(cuda.ToString(CultureInfo.InvariantCulture)));
        ReleaseAsset[] assets = [.. names.Select(static name => new ReleaseAsset(name, 1, null, null))];
        var choice = AssetChoice.For(target, assets);
        Assert.Equal(expected, choice is null ? null : string.Join(" + ", choice.Archives.Select(static asset => asset.Name)));
    }
}
