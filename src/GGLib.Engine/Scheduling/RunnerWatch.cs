using GGLib.Engine.Hardware;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;

namespace GGLib.Engine.Scheduling;

/// <summary>
/// Looks after one child that is ready: finds out when it is alive and does nothing though a request is open, by progress and never by age; and when it has grown
/// past its limit. For one loop; not thread-safe.
/// </summary>
internal sealed class RunnerWatch(IRunner runner, EngineSettings settings, IMemorySource memory, TimeProvider time)
{
    // A batch of a large model on a slow processor takes minutes without a word.
    private const int PatienceWithWork = 10;
    private const double WorkingShare = 0.05;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private long _progressAt;
    private long _lookedAt;
    private TimeSpan _processor;
    private TimeSpan _idle;
    private (long Received, long Lines, string? Slots) _signs;

    /// <summary>Watches until the child has ended.</summary>
    /// <param name="isBusy">Whether a request is open.</param>
    /// <param name="stalled">Called once, with the reason.</param>
    /// <param name="worn">Called once, with the reason.</param>
    public async Task RunAsync(Func<bool> isBusy, Action<string> stalled, Action<string> worn)
    {
        var interval = settings.StallTimeout > TimeSpan.Zero
            ? TimeSpan.FromTicks(Math.Clamp(settings.StallTimeout.Ticks / 8, Shortest.Ticks, Longest.Ticks))
            : Longest;
        var first = memory.PrivateBytesOf(runner.ProcessId);
        var isWorn = false;
        Forget();
        while (true)
        {
            await Task.WhenAny(runner.Exited, Task.Delay(interval, time)).ConfigureAwait(false);
            if (runner.Exited.IsCompleted || runner.Stopping.IsCancellationRequested)
            {
                return;
            }

            if (!isWorn && Growth(first) is { } growth)
            {
                isWorn = true;
                worn(growth);
            }

            if (settings.StallTimeout <= TimeSpan.Zero)
            {
                continue;
            }

            if (!isBusy())
            {
                Forget();
            }
            else if (await StallAsync().ConfigureAwait(false) is { } reason)
            {
                stalled(reason);
                return;
            }
        }
    }

    /// <summary>Why it has grown too much; null when it has not.</summary>
    private string? Growth(long? first) =>
        settings.MemoryGrowth > 0 && first is > 0 and var before && memory.PrivateBytesOf(runner.ProcessId) is { } now
        && now > before * settings.MemoryGrowth && now - before > settings.LeastGrowth
            ? $"it has grown from {ByteText.Of(before)} to {ByteText.Of(now)}"
            : null;

    private void Forget()
    {
        _progressAt = _lookedAt = time.GetTimestamp();
        _idle = TimeSpan.Zero;
        _processor = runner.ProcessorTime;
        _signs = (runner.Received, runner.Log.Count, _signs.Slots);
    }

    /// <summary>Why it is taken for stuck; null when it is not.</summary>
    private async Task<string?> StallAsync()
    {
        var now = time.GetTimestamp();
        var since = time.GetElapsedTime(_lookedAt, now);
        var processor = runner.ProcessorTime;
        if (processor - _processor < since * WorkingShare)
        {
            _idle += since;
        }

        (_lookedAt, _processor) = (now, processor);
        if (runner.Received != _signs.Received || runner.Log.Count != _signs.Lines)
        {
            Forget();
            return null;
        }

        // Only who is silent is asked; the question makes no line in its log.
        var slots = await runner.ProbeAsync().ConfigureAwait(false);
        if (slots is not null && slots != _signs.Slots)
        {
            _signs.Slots = slots;
            Forget();
            return null;
        }

        var silence = time.GetElapsedTime(_progressAt);
        return _idle >= settings.StallTimeout ? $"llama-server has done nothing for {silence.TotalSeconds:F0} s with a request open, and was replaced"
            : silence >= settings.StallTimeout * PatienceWithWork ? $"llama-server has computed for {silence.TotalSeconds:F0} s without a result, and was replaced"
            : null;
    }
}
