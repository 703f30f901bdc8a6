using System.Collections.Immutable;

namespace GGLib.Engine.Hardware;

/// <summary>An amount of memory in bytes, by where it lies: in the machine's own memory and on each GPU. May be negative, as a difference. Immutable.</summary>
/// <param name="host">Bytes in the machine's own memory.</param>
/// <param name="devices">Bytes on each GPU, in the order of <see cref="MemoryCapacity.Devices"/>; missing ones are 0.</param>
public readonly struct MemoryAmount(long host, ImmutableArray<long> devices = default)
{
    private readonly ImmutableArray<long> _devices = devices;

    /// <summary>Bytes in the machine's own memory.</summary>
    public long Host => host;

    /// <summary>Bytes on all GPUs.</summary>
    public long OnDevices => _devices.IsDefaultOrEmpty ? 0 : _devices.Sum();

    /// <summary>Bytes in all.</summary>
    public long Total => Host + OnDevices;

    /// <summary>Whether no place has less than nothing.</summary>
    public bool IsNowhereNegative => Host >= 0 && (_devices.IsDefaultOrEmpty || _devices.All(static bytes => bytes >= 0));

    private int Count => _devices.IsDefault ? 0 : _devices.Length;

    public static MemoryAmount operator +(MemoryAmount left, MemoryAmount right) => left.With(right, 1);

    public static MemoryAmount operator -(MemoryAmount left, MemoryAmount right) => left.With(right, -1);

    /// <summary>Bytes on the GPU with this number; 0 when there is none.</summary>
    public long Device(int index) => index < Count ? _devices[index] : 0;

    /// <summary>Whether it is within <paramref name="limit"/> wherever it lies. Where it has nothing, nothing is asked of the limit: that may be overdrawn.</summary>
    public bool IsWithin(MemoryAmount limit)
    {
        if (Host > 0 && Host > limit.Host)
        {
            return false;
        }

        for (var index = 0; index < Count; index++)
        {
            if (_devices[index] > 0 && _devices[index] > limit.Device(index))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it is below zero in a place where <paramref name="other"/> has something.</summary>
    public bool IsNegativeWhere(MemoryAmount other)
    {
        if (Host < 0 && other.Host > 0)
        {
            return true;
        }

        for (var index = 0; index < Count; index++)
        {
            if (_devices[index] < 0 && other.Device(index) > 0)
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => OnDevices == 0 ? $"{Host}" : $"{Host}+{OnDevices}";

    private MemoryAmount With(MemoryAmount other, int sign)
    {
        var count = Math.Max(Count, other.Count);
        if (count == 0)
        {
            return new(Host + (sign * other.Host));
        }

        var devices = ImmutableArray.CreateBuilder<long>(count);
        for (var index = 0; index < count; index++)
        {
            devices.Add(Device(index) + (sign * other.Device(index)));
        }

        return new(Host + (sign * other.Host), devices.MoveToImmutable());
    }
}
