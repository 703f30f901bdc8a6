using System.Collections.Immutable;
using System.Globalization;
using GGLib.Engine.Processes;

namespace GGLib.Engine.Hardware;

/// <summary>The memory of this machine: the operating system's and its control group's figures, and the GPUs that llama-server names.</summary>
/// <param name="devices">The GPUs. Asked for once: their free memory when gglib began is what models may use of them.</param>
public sealed class MachineMemory(Task<ImmutableArray<GpuMemory>>? devices = null) : IMemorySource
{
    // For the system, its files and gglib itself.
    private const long LeastReserve = 256 << 20;
    private const int ReserveShare = 20;

    private readonly Task<ImmutableArray<GpuMemory>> _devices = devices ?? Task.FromResult(ImmutableArray<GpuMemory>.Empty);

    public Task ReadyAsync(CancellationToken cancellation) => _devices.IsCompleted ? Task.CompletedTask : _devices.WaitAsync(cancellation);

    public MemoryCapacity Read(long? budget)
    {
        // What they hold is counted as theirs, the loading ones' too: it is not lost.
        long held = 0;
        foreach (var child in ChildProcess.Running)
        {
            held += PrivateBytesOf(child) ?? 0;
        }

        return Capacity(HostMemory.Read(), held, _devices.IsCompletedSuccessfully ? _devices.GetAwaiter().GetResult() : [], budget);
    }

    public long? PrivateBytesOf(int process)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            long? bytes = null;
            foreach (var line in File.ReadLines($"/proc/{process}/status"))
            {
                // "RssAnon:	   50232 kB". Swapped-out pages are still its own.
                if ((line.StartsWith("RssAnon:", StringComparison.Ordinal) || line.StartsWith("VmSwap:", StringComparison.Ordinal))
                    && long.TryParse(line.AsSpan(line.IndexOf(':') + 1).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes))
                {
                    bytes = (bytes ?? 0) + (kibibytes * 1024);
                }
            }

            return bytes;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What models may use. Pure.</summary>
    /// <param name="host">The machine's own memory.</param>
    /// <param name="held">Bytes of it that running models hold and no file backs.</param>
    /// <param name="devices">The GPUs.</param>
    /// <param name="budget">The most that was configured, or null.</param>
    internal static MemoryCapacity Capacity(HostMemory host, long held, ImmutableArray<GpuMemory> devices, long? budget)
    {
        // The weights of running models are pages of files, which count as available: they are not to be added once more.
        var total = host.LimitBytes is { } limit ? Math.Min(limit, host.TotalBytes) : host.TotalBytes;
        var available = Math.Min(host.AvailableBytes, host.LimitFreeBytes ?? long.MaxValue) + held;
        var reserve = Math.Max(LeastReserve, total / ReserveShare);
        var bytes = Math.Max(0, Math.Min(total - reserve, available - (reserve / 2)));
        var shared = devices.Any(static device => device.IsShared);
        var most = Math.Min(budget ?? long.MaxValue, shared ? bytes : long.MaxValue);
        return new MemoryCapacity
        {
            HostBytes = Math.Min(bytes, most),
            Devices = devices,
            MostBytes = most,
            Reason = budget < bytes + devices.Sum(static device => device.FreeBytes) ? "memoryBudget"
                : host.LimitBytes is not null ? "what the control group's limit leaves"
                : "what the machine has free",
        };
    }
}
