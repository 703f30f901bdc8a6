using GGLib.Rendering;

namespace GGLib.Transfers;

/// <summary>How fast a file comes, over the last seconds, and when it will be there. Thread-safe.</summary>
internal sealed class TransferRate(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Queue<(long At, long Completed)> _samples = new();
    private long _total;
    private long _completed;

    /// <summary>Begins a file, of which some is there already.</summary>
    public void Begin(long total, long completed)
    {
        lock (_lock)
        {
            _samples.Clear();
            _total = total;
            Sample(completed);
        }
    }

    /// <summary>Takes note of how much is there now.</summary>
    public void Report(long completed)
    {
        lock (_lock)
        {
            while (_samples.Count > 1 && time.GetElapsedTime(_samples.Peek().At) > Window)
            {
                _samples.Dequeue();
            }

            Sample(completed);
        }
    }

    /// <summary><c>12.3 MB/s, 2 min</c>; empty as long as nothing can be said.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            if (!_samples.TryPeek(out var first) || _completed <= first.Completed || time.GetElapsedTime(first.At) is not { TotalSeconds: > 0 } elapsed)
            {
                return "";
            }

            var perSecond = (_completed - first.Completed) / elapsed.TotalSeconds;
            var left = (long)Math.Min((_total - _completed) / perSecond, TimeSpan.FromDays(99).TotalSeconds);
            return $"{Quantity.Bytes((long)perSecond)}/s, {Left(left)}";
        }
    }

    private void Sample(long completed)
    {
        _completed = completed;
        _samples.Enqueue((time.GetTimestamp(), completed));
    }

    private static string Left(long seconds) => seconds switch
    {
        < 60 => $"{Quantity.Whole(seconds)} s",
        < 3600 => $"{Quantity.Whole(seconds / 60)} min {Quantity.Whole(seconds % 60)} s",
        _ => $"{Quantity.Whole(seconds / 3600)} h {Quantity.Whole(seconds / 60 % 60)} min",
    };
}
