using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using GGLib.Engine.Installation;

namespace GGLib.Engine.Hardware;

/// <summary>Asks a llama-server for the devices it computes on (<c>--list-devices</c>).</summary>
public static partial class GpuList
{
    // Loading a driver takes a while, and a broken one can hang.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The devices with memory of their own to plan by; empty when there are none, or it cannot tell.</summary>
    public static async Task<ImmutableArray<GpuMemory>> ReadAsync(EngineBinary binary, CancellationToken cancellation)
    {
        if (binary.IsCpuOnly || !binary.Supports("--list-devices"))
        {
            return [];
        }

        var environment = binary.Origin is EngineOrigin.Installed ? EngineProbe.OwnInstallEnvironment : null;
        var result = await Tool.RunAsync(binary.Command[0], [.. binary.Command.Skip(1), "--list-devices"], environment, Patience, null, cancellation).ConfigureAwait(false);
        return Parse(result.Output);
    }

    /// <summary>Reads lines such as <c>  CUDA0: NVIDIA GeForce RTX 3090 (24268 MiB, 23592 MiB free)</c>. What computes in the machine's own memory says 0 and is left out.</summary>
    internal static ImmutableArray<GpuMemory> Parse(string text)
    {
        var devices = ImmutableArray.CreateBuilder<GpuMemory>();
        foreach (Match match in Line().Matches(text))
        {
            var total = MiB(match.Groups["total"]);
            if (total > 0)
            {
                devices.Add(new(match.Groups["name"].Value, match.Groups["description"].Value, total, Math.Min(total, MiB(match.Groups["free"]))));
            }
        }

        return devices.ToImmutable();
    }

    private static long MiB(Group group) => long.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue >> 20 ? number << 20 : 0;

    [GeneratedRegex(@"^\s+(?<name>[A-Za-z]+[0-9]*): (?<description>.*) \((?<total>[0-9]+) MiB, (?<free>[0-9]+) MiB free\)\s*$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
