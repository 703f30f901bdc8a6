namespace GGLib.Engine.Processes;

/// <summary>Memory that a child says it has taken: weights, caches and working buffers.</summary>
/// <param name="HostBytes">In the machine's own memory.</param>
/// <param name="DeviceBytes">On GPUs.</param>
public readonly record struct ChildMemory(long HostBytes, long DeviceBytes)
{
    /// <summary>What lies on each GPU, by llama-server's name for it; null when nothing does.</summary>
    public IReadOnlyDictionary<string, long>? Devices { get; init; }

    public long TotalBytes => HostBytes + DeviceBytes;
}
