using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FakeLlama.Streaming;

/// <summary>
/// Wakes streams at absolute moments. Task.Delay counts in milliseconds and drifts, which at 100 tokens a second over 256
/// streams is the size of what is being measured; one thread with a queue of deadlines and a short sleep is accurate to
/// about half a millisecond and costs a few percent of a core.
/// </summary>
internal sealed partial class Pacer
{
    private const long ShortestNap = 250_000;
    private const long LongestNap = 500_000;
    private readonly PriorityQueue<TaskCompletionSource, long> waiting = new();
    private bool started;

    public Task WaitUntil(long timestamp)
    {
        if (Stopwatch.GetTimestamp() >= timestamp)
        {
            return Task.CompletedTask;
        }

        var waiter = new TaskCompletionSource();
        lock (waiting)
        {
            waiting.Enqueue(waiter, timestamp);
            if (!started)
            {
                started = true;
                new Thread(Run) { IsBackground = true, Name = "pacer" }.Start();
            }

            Monitor.Pulse(waiting);
        }

        return waiter.Task;
    }

    private void Run()
    {
        var awake = new List<TaskCompletionSource>();
        while (true)
        {
            long nap;
            lock (waiting)
            {
                while (waiting.Count == 0)
                {
                    Monitor.Wait(waiting);
                }

                var now = Stopwatch.GetTimestamp();
                while (waiting.TryPeek(out var waiter, out var due) && due <= now)
                {
                    waiting.Dequeue();
                    awake.Add(waiter);
                }

                nap = waiting.TryPeek(out _, out var next) ? Math.Clamp(Nanoseconds(next - now), ShortestNap, LongestNap) : 0;
            }

            // Here, not on the pool: a hop a token was most of what pacing cost. Streams only write and flush, they never block.
            foreach (var waiter in awake)
            {
                waiter.SetResult();
            }

            if (awake.Count == 0)
            {
                Nap(nap);
            }

            awake.Clear();
        }
    }

    private static long Nanoseconds(long ticks) => (long)(ticks * (1e9 / Stopwatch.Frequency));

    private static void Nap(long nanoseconds)
    {
        if (OperatingSystem.IsWindows())
        {
            Thread.Sleep(1);
        }
        else if (nanoseconds > 0)
        {
            NanoSleep(new TimeSpec(0, (nint)nanoseconds), 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec duration, nint remaining);

    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds);
}
