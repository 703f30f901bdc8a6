using System.Collections.Immutable;
using GGLib.Engine.Hardware;

namespace GGLib.Engine.Installation.Releases;

/// <summary>The archives of a release that fit a machine.</summary>
/// <param name="Variant">The build's name, for example <c>ubuntu-vulkan-x64</c>.</param>
/// <param name="Archives">What to unpack into one folder: the program first, then the runtime it needs beside it.</param>
internal sealed record AssetChoice(string Variant, ImmutableArray<ReleaseAsset> Archives)
{
    private const string CudaPrefix = "cuda-";

    /// <summary>The best fit, or null when none fits.</summary>
    public static AssetChoice? For(ReleaseTarget target, IReadOnlyList<ReleaseAsset> assets)
    {
        var fitting = assets
            .Select(static asset => (Asset: asset, Name: AssetName.Parse(asset.Name ?? "")))
            .Where(pair => pair.Name is { } name && name.System == target.System && name.Cpu == target.Cpu)
            .DistinctBy(static pair => pair.Name!.Variant)
            .ToDictionary(static pair => pair.Name!.Variant, static pair => pair.Asset, StringComparer.Ordinal);

        foreach (var variant in Preferred(target, fitting.Keys))
        {
            if (!fitting.TryGetValue(variant, out var program))
            {
                continue;
            }

            var name = variant.Length == 0 ? $"{target.System}-{target.Cpu}" : $"{target.System}-{variant}-{target.Cpu}";
            if (!variant.StartsWith(CudaPrefix, StringComparison.Ordinal))
            {
                return new AssetChoice(name, [program]);
            }

            // The CUDA build needs NVIDIA's runtime libraries, which a driver alone does not bring.
            var runtimeEnd = $"-bin-{name}.zip";
            if (assets.FirstOrDefault(asset => asset.Name is { } file && file.StartsWith("cudart-", StringComparison.Ordinal) && file.EndsWith(runtimeEnd, StringComparison.Ordinal)) is { } runtime)
            {
                return new AssetChoice(name, [program, runtime]);
            }
        }

        return null;
    }

    private static IEnumerable<string> Preferred(ReleaseTarget target, IEnumerable<string> offered)
    {
        if (target.System == "win" && target.Gpus.Contains(GpuVendor.Nvidia))
        {
            var builds = offered
                .Where(static variant => variant.StartsWith(CudaPrefix, StringComparison.Ordinal))
                .Select(static variant => (Variant: variant, Version: Version.TryParse(variant.AsSpan(CudaPrefix.Length), out var version) ? version : null))
                .Where(static build => build.Version is not null);

            // A build runs on drivers for its own CUDA or a newer one. Not knowing the driver, the oldest is the likeliest to run.
            var ordered = target.CudaVersion is { } newest
                ? builds.Where(build => build.Version <= newest).OrderByDescending(static build => build.Version)
                : builds.OrderBy(static build => build.Version);
            foreach (var build in ordered)
            {
                yield return build.Variant;
            }
        }

        // The Vulkan build runs on every vendor's GPU with nothing but the driver; the ROCm and SYCL builds want their runtimes installed. There is no CUDA build for Linux.
        if (target.System != "macos" && !target.Gpus.IsEmpty)
        {
            yield return "vulkan";
        }

        yield return "";
        yield return "cpu";
    }
}
