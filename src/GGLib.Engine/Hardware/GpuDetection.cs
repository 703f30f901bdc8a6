using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace GGLib.Engine.Hardware;

/// <summary>
/// Tells which GPUs a machine has from files that drivers and the kernel show; runs nothing and loads no driver. Good enough to
/// choose a build and to warn of one that leaves a GPU idle, not to plan memory: the engine itself tells that.
/// </summary>
public static partial class GpuDetection
{
    /// <summary>The GPUs of this machine, one entry a card on Linux, one a driver elsewhere. Display-only and virtual adapters are left out.</summary>
    public static ImmutableArray<Gpu> Detect() =>
        OperatingSystem.IsLinux() ? DetectLinux("/")
        : OperatingSystem.IsMacOS() ? RuntimeInformation.OSArchitecture == Architecture.Arm64 ? [new Gpu(GpuVendor.Apple, "Apple GPU (Metal)")] : []
        : OperatingSystem.IsWindows() ? DetectWindows(Environment.SystemDirectory)
        : [];

    internal static ImmutableArray<Gpu> DetectLinux(string root)
    {
        var cards = ImmutableArray.CreateBuilder<Gpu>();
        var nvidiaDriver = NvidiaDriver().Match(Text(Path.Combine(root, "proc/driver/nvidia/version")));
        foreach (var card in Folders(Path.Combine(root, "sys/class/drm"), "card*").Where(static path => CardName().IsMatch(Path.GetFileName(path))).Order(StringComparer.Ordinal))
        {
            // virtio, VMware, QEMU, ASPEED and Matrox adapters show pictures; they compute nothing.
            Gpu? gpu = Text(Path.Combine(card, "device/vendor")).Trim() switch
            {
                "0x10de" => new Gpu(GpuVendor.Nvidia, nvidiaDriver.Success ? $"NVIDIA, driver {nvidiaDriver.Value}" : "NVIDIA, without NVIDIA's driver"),
                "0x1002" => new Gpu(GpuVendor.Amd, File.Exists(Path.Combine(root, "dev/kfd")) ? "AMD, ROCm kernel driver" : "AMD"),
                "0x8086" => new Gpu(GpuVendor.Intel, "Intel"),
                _ => null,
            };
            if (gpu is not null)
            {
                cards.Add(gpu);
            }
        }

        // In containers and on headless servers the driver is there without /sys/class/drm; WSL has neither, but a device of its own.
        if (nvidiaDriver.Success && !cards.Any(static gpu => gpu.Vendor == GpuVendor.Nvidia))
        {
            cards.Add(new Gpu(GpuVendor.Nvidia, $"NVIDIA, driver {nvidiaDriver.Value}"));
        }

        if (File.Exists(Path.Combine(root, "dev/kfd")) && !cards.Any(static gpu => gpu.Vendor == GpuVendor.Amd))
        {
            cards.Add(new Gpu(GpuVendor.Amd, "AMD, ROCm kernel driver"));
        }

        if (cards.Count == 0 && File.Exists(Path.Combine(root, "dev/dxg")))
        {
            cards.Add(File.Exists(Path.Combine(root, "usr/lib/wsl/lib/libcuda.so.1"))
                ? new Gpu(GpuVendor.Nvidia, "NVIDIA, through Windows")
                : new Gpu(GpuVendor.Other, "a GPU through Windows"));
        }

        return cards.ToImmutable();
    }

    internal static ImmutableArray<Gpu> DetectWindows(string systemFolder)
    {
        bool Has(string name) => File.Exists(Path.Combine(systemFolder, name));
        var gpus = ImmutableArray.CreateBuilder<Gpu>();
        if (Has("nvcuda.dll"))
        {
            gpus.Add(new Gpu(GpuVendor.Nvidia, "NVIDIA, CUDA driver"));
        }

        if (Has("amdhip64.dll") || Has("amdhip64_6.dll") || Has("amdhip64_7.dll"))
        {
            gpus.Add(new Gpu(GpuVendor.Amd, "AMD, HIP driver"));
        }

        if (gpus.Count == 0 && Has("vulkan-1.dll"))
        {
            gpus.Add(new Gpu(GpuVendor.Other, "a GPU with a Vulkan driver"));
        }

        return gpus.ToImmutable();
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string[] Folders(string path, string pattern)
    {
        try
        {
            return Directory.GetDirectories(path, pattern);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary><c>card0</c>, not its outputs such as <c>card0-HDMI-A-1</c>.</summary>
    [GeneratedRegex("^card[0-9]+$")]
    private static partial Regex CardName();

    [GeneratedRegex(@"\b[0-9]{3,}\.[0-9]+(\.[0-9]+)?\b")]
    private static partial Regex NvidiaDriver();
}
