using System.Collections.Immutable;
using GGLib.Engine.Hardware;

namespace GGLib.Engine.Launching;

/// <summary>Where a model's memory will lie, as llama-server does it by itself: on the GPUs as far as they hold it, in proportion to what each has. Pure.</summary>
internal static class MemoryPlacement
{
    /// <summary>Bytes that a launch of the model can plan by: what the GPUs have where its weights fit there, else all there is.</summary>
    public static long AvailableTo(EngineModel model, EngineSettings settings, MemoryCapacity capacity)
    {
        var onDevices = Limits(settings, capacity).Sum();
        return Math.Min(capacity.MostBytes, onDevices == 0 ? capacity.HostBytes : model.SizeBytes + settings.AttachedBytes <= onDevices ? onDevices : capacity.HostBytes + onDevices);
    }

    /// <summary>Divides the bytes over the places.</summary>
    public static MemoryAmount Of(long bytes, EngineSettings settings, MemoryCapacity capacity)
    {
        var limits = Limits(settings, capacity);
        var most = limits.Sum();
        if (most == 0)
        {
            return new(bytes);
        }

        var onDevices = Math.Min(bytes, most);
        return new(bytes - onDevices, Share(onDevices, limits, most));
    }

    /// <summary>Divides what a child says it has taken: by the devices it names, else in proportion.</summary>
    public static MemoryAmount Of(long hostBytes, long deviceBytes, IReadOnlyDictionary<string, long>? byDevice, EngineSettings settings, MemoryCapacity capacity)
    {
        if (deviceBytes == 0)
        {
            return new(hostBytes);
        }

        if (byDevice is { Count: > 0 } && capacity.Devices.Any(device => byDevice.ContainsKey(device.Name)))
        {
            return new(hostBytes, [.. capacity.Devices.Select(device => byDevice.GetValueOrDefault(device.Name))]);
        }

        var limits = Limits(settings, capacity);
        return limits.Sum() is > 0 and var most ? new(hostBytes, [.. limits.Select(limit => (long)(deviceBytes * (limit / (double)most)))]) : new(hostBytes + deviceBytes);
    }

    private static ImmutableArray<long> Share(long bytes, ImmutableArray<long> limits, long most) =>
        [.. limits.Select(limit => Math.Min(limit, (long)Math.Ceiling(bytes * (limit / (double)most))))];

    /// <summary>What of each GPU a launch with these settings may use.</summary>
    private static ImmutableArray<long> Limits(EngineSettings settings, MemoryCapacity capacity)
    {
        if (settings.GpuLayers == 0)
        {
            return [];
        }

        // The one card is the only one where nothing is split; where rows are, it is the one that gathers them.
        var only = settings.SplitMode is null ? settings.MainGpu : settings.SplitMode == "none" ? Math.Max(settings.MainGpu ?? 0, 0) : -1;
        ImmutableArray<long> free = [.. capacity.Devices.Select((device, index) => only is >= 0 && only != index ? 0 : device.FreeBytes)];
        if (settings.TensorSplit is not { } split || only is >= 0)
        {
            return free;
        }

        // Shares that are said: the card that is full first bounds them all.
        var unit = free.Select((bytes, index) => Share(index) > 0 ? bytes / Share(index) : double.MaxValue).DefaultIfEmpty(0).Min();
        return unit == double.MaxValue ? free : [.. free.Select((_, index) => (long)(unit * Share(index)))];

        double Share(int index) => index < split.Count ? split[index] : 0;
    }
}
