using System.Threading.Channels;

namespace FakeLlama;

/// <summary>Requests beyond the slots wait inside, without limit, as in llama-server.</summary>
internal sealed class Slots(int limit)
{
    // A channel rather than a semaphore: it has nothing to dispose.
    private readonly Channel<bool> taken = limit > 0 ? Channel.CreateBounded<bool>(limit) : Channel.CreateUnbounded<bool>();
    private int busy;

    /// <summary>What <c>/props</c> tells: a server without a limit tells so many that nobody holds requests back for its sake.</summary>
    public int Told => limit > 0 ? limit : 1 << 16;

    /// <summary>What <c>/slots</c> lists.</summary>
    public int Listed => limit > 0 ? limit : 1;

    public int Busy => Volatile.Read(ref busy);

    public async ValueTask<IDisposable> Take(CancellationToken cancellation)
    {
        await taken.Writer.WriteAsync(true, cancellation);
        Interlocked.Increment(ref busy);
        return new Lease(this);
    }

    private sealed class Lease(Slots owner) : IDisposable
    {
        public void Dispose()
        {
            Interlocked.Decrement(ref owner.busy);
            owner.taken.Reader.TryRead(out _);
        }
    }
}
