using System.Globalization;

namespace GGLib.Engine.Processes;

/// <summary>
/// Adds up the buffers that llama-server tells of while it loads: <c>load_tensors:   CPU_Mapped model buffer size =     3.00 MiB</c>. It tells at
/// verbosity 4 only. Not thread-safe.
/// </summary>
internal sealed class MemoryReader
{
    private const string Mark = " buffer size =";
    private const string Offloaded = "offloaded ";

    // Working buffers are told again when they are made anew: the last figure of a function for a device counts. All others add up.
    private readonly Dictionary<(string Function, string Device), long> _working = [];
    private long _host;
    private readonly Dictionary<string, long> _devices = [];
    private bool _any;

    /// <summary>The sum so far; null before the first figure.</summary>
    public ChildMemory? Memory
    {
        get
        {
            if (!_any)
            {
                return null;
            }

            var host = _host;
            var devices = new Dictionary<string, long>(_devices, StringComparer.Ordinal);
            foreach (var ((_, name), bytes) in _working)
            {
                if (IsHost(name))
                {
                    host += bytes;
                }
                else
                {
                    devices[name] = devices.GetValueOrDefault(name) + bytes;
                }
            }

            return new ChildMemory(host, devices.Values.Sum()) { Devices = devices.Count > 0 ? devices : null };
        }
    }

    /// <summary>Layers on GPUs and layers in all; null when the log does not say.</summary>
    public (int OnGpu, int All)? Layers { get; private set; }

    /// <summary>Looks at a line. Lines without a figure, nearly all of them, cost a search and no memory.</summary>
    public void Read(ReadOnlySpan<char> line)
    {
        var at = line.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
        {
            ReadLayers(line);
            return;
        }

        var figure = line[(at + Mark.Length)..].Trim();
        var what = line[..at].TrimEnd();
        var kind = what.LastIndexOf(' ') is > 0 and var space ? what[(space + 1)..] : default;
        var before = what[..Math.Max(0, what.Length - kind.Length)].TrimEnd();
        var device = before[(before.LastIndexOf(' ') + 1)..];
        if (kind.IsEmpty || device.IsEmpty || Bytes(figure) is not { } bytes)
        {
            return;
        }

        _any = true;
        if (kind is "compute")
        {
            _working[(before[..^device.Length].TrimEnd() is var function ? function[(function.LastIndexOf(' ') + 1)..].ToString() : "", device.ToString())] = bytes;
        }
        else if (IsHost(device))
        {
            _host += bytes;
        }
        else
        {
            var name = device.ToString();
            _devices[name] = _devices.GetValueOrDefault(name) + bytes;
        }
    }

    // CPU_Mapped and CPU_REPACK are the machine's memory, and so is CUDA_Host: pinned for the GPU, but not on it.
    private static bool IsHost(ReadOnlySpan<char> device) =>
        device is "CPU" || device.StartsWith("CPU_", StringComparison.Ordinal) || device.EndsWith("_Host", StringComparison.Ordinal);

    private static long? Bytes(ReadOnlySpan<char> figure) =>
        figure.EndsWith(" MiB", StringComparison.Ordinal)
        && double.TryParse(figure[..^4], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var mebibytes)
        && mebibytes < 1e9
            ? (long)(mebibytes * (1 << 20))
            : null;

    // "load_tensors: offloaded 33/33 layers to GPU"
    private void ReadLayers(ReadOnlySpan<char> line)
    {
        const string End = " layers to GPU";
        var at = line.IndexOf(Offloaded, StringComparison.Ordinal);
        var rest = at < 0 ? default : line[(at + Offloaded.Length)..];
        if (!rest.EndsWith(End, StringComparison.Ordinal))
        {
            return;
        }

        var numbers = rest[..^End.Length];
        if (numbers.IndexOf('/') is > 0 and var slash
            && int.TryParse(numbers[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var onGpu)
            && int.TryParse(numbers[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var all))
        {
            Layers = (onGpu, all);
        }
    }
}
