using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using GGLib.Engine.Hardware;

namespace GGLib.Engine.Installation.Releases;

/// <summary>What an archive must fit: names as they stand in the archives' file names.</summary>
/// <param name="System"><c>ubuntu</c>, <c>macos</c> or <c>win</c>.</param>
/// <param name="Cpu"><c>x64</c>, <c>arm64</c> or another.</param>
/// <param name="Gpus">Whose GPUs there are.</param>
/// <param name="CudaVersion">The newest CUDA that the driver can run, where it is known.</param>
internal sealed partial record ReleaseTarget(string System, string Cpu, ImmutableArray<GpuVendor> Gpus, Version? CudaVersion = null)
{
    public static async Task<ReleaseTarget> OfThisMachineAsync(CancellationToken cancellationToken)
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "macos" : "ubuntu";
        var cpu = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        ImmutableArray<GpuVendor> gpus = [.. GpuDetection.Detect().Select(static gpu => gpu.Vendor).Distinct()];
        var cuda = system == "win" && gpus.Contains(GpuVendor.Nvidia) ? await CudaAsync(cancellationToken).ConfigureAwait(false) : null;
        return new ReleaseTarget(system, cpu, gpus, cuda);
    }

    /// <summary>The table that nvidia-smi prints tells it in its head; there is no file that does.</summary>
    private static async Task<Version?> CudaAsync(CancellationToken cancellationToken)
    {
        var smi = await Tool.RunAsync("nvidia-smi", [], null, TimeSpan.FromSeconds(10), null, cancellationToken).ConfigureAwait(false);
        return CudaVersionIn(smi.Output);
    }

    internal static Version? CudaVersionIn(string text) =>
        CudaLine().Match(text) is { Success: true } match
            ? new Version(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture))
            : null;

    [GeneratedRegex(@"CUDA Version:\s*([0-9]{1,3})\.([0-9]{1,3})")]
    private static partial Regex CudaLine();
}
