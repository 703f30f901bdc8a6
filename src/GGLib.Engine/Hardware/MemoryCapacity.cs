using System.Collections.Immutable;

namespace GGLib.Engine.Hardware;

/// <summary>Memory that all models together may use. Immutable.</summary>
public sealed record MemoryCapacity
{
    /// <summary>As much as anybody wants.</summary>
    public static MemoryCapacity Unlimited { get; } = new() { HostBytes = long.MaxValue / 4 };

    /// <summary>Bytes in the machine's own memory.</summary>
    public required long HostBytes { get; init; }

    /// <summary>Each GPU's memory.</summary>
    public ImmutableArray<GpuMemory> Devices { get; init; } = [];

    /// <summary>Bytes in all, wherever they lie; <see cref="long.MaxValue"/> without such a bound.</summary>
    public long MostBytes { get; init; } = long.MaxValue;

    /// <summary>Where the figures came from, for people.</summary>
    public string Reason { get; init; } = "no limit";

    /// <summary>The same by place.</summary>
    public MemoryAmount Amount => new(HostBytes, [.. Devices.Select(static device => device.FreeBytes)]);

    /// <summary>All places together.</summary>
    public long TotalBytes => Math.Min(MostBytes, Amount.Total);

    public bool Equals(MemoryCapacity? other) =>
        other is not null && HostBytes == other.HostBytes && MostBytes == other.MostBytes && Reason == other.Reason && Devices.AsSpan().SequenceEqual(other.Devices.AsSpan());

    public override int GetHashCode() => HashCode.Combine(HostBytes, MostBytes);
}
