using GGLib.Engine.Hardware;

namespace GGLib.Tests.Engine.Installation;

public sealed class GpuDetectionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_desktop_with_two_cards()
    {
        Write("sys/class/drm/card0/device/vendor", "0x8086\n");
        Write("sys/class/drm/card1/device/vendor", "0x10de\n");
        Write("sys/class/drm/card1-HDMI-A-1/device/vendor", "0x10de\n");
        Write("sys/class/drm/renderD128/device/vendor", "0x10de\n");
        Write("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.124.06  Wed Feb 26 2025\nGCC version:  gcc version 13.3.0\n");
        Assert.Equal([new Gpu(GpuVendor.Intel, "Intel"), new Gpu(GpuVendor.Nvidia, "NVIDIA, driver 570.124.06")], GpuDetection.DetectLinux(_folder.Path));
    }

    [Fact]
    public void A_container_shows_only_the_driver()
    {
        Write("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build\n");
        Write("dev/kfd", "");
        Assert.Equal([GpuVendor.Nvidia, GpuVendor.Amd], GpuDetection.DetectLinux(_folder.Path).Select(static gpu => gpu.Vendor));
    }

    [Theory]
    [InlineData("0x1af4")] // virtio
    [InlineData("0x1a03")] // ASPEED, a server's remote console
    public void Adapters_that_only_show_pictures_are_no_gpus(string vendor)
    {
        Write("sys/class/drm/card0/device/vendor", vendor + "\n");
        Assert.Empty(GpuDetection.DetectLinux(_folder.Path));
    }

    [Fact]
    public void Windows_shows_its_drivers()
    {
        Write("vulkan-1.dll", "");
        Assert.Equal([GpuVendor.Other], GpuDetection.DetectWindows(_folder.Path).Select(static gpu => gpu.Vendor));
        Write("nvcuda.dll", "");
        Assert.Equal([GpuVendor.Nvidia], GpuDetection.DetectWindows(_folder.Path).Select(static gpu => gpu.Vendor));
    }

    [Fact]
    public void This_machine_answers() => Assert.False(GpuDetection.Detect().IsDefault);

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], content);
    }
}
