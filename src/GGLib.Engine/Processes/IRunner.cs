namespace GGLib.Engine.Processes;

/// <summary>One llama-server child that is ready. Disposing it ends the child: open answers are cut, then it is asked, then killed.</summary>
public interface IRunner : IAsyncDisposable
{
    /// <summary>Sends requests to the child; the host part of the address is ignored. Does not buffer answers.</summary>
    HttpMessageInvoker Http { get; }

    /// <summary>
    /// The name the child was told to call its model: random, so that it stands nowhere in an answer but where the model's name is meant,
    /// and can be replaced there by the name the client used.
    /// </summary>
    string Alias { get; }

    /// <summary>Context of one request, in tokens, as the child reports it.</summary>
    int ContextLength { get; }

    /// <summary>Requests it answers side by side.</summary>
    int Slots { get; }

    /// <summary>Bytes of memory in use, on GPUs too: as the child tells them, else an estimate.</summary>
    long MemoryBytes { get; }

    /// <summary>The part of <see cref="MemoryBytes"/> that is on GPUs; 0 when the child does not tell.</summary>
    long DeviceMemoryBytes { get; }

    /// <summary>The child's process id.</summary>
    int ProcessId { get; }

    /// <summary>The child's lines, newest last.</summary>
    ChildLog Log { get; }

    /// <summary>Cancelled when the child is about to be ended: whoever reads from it stops. Never when it has ended by itself.</summary>
    CancellationToken Stopping { get; }

    /// <summary>Completes when the child has ended, with the reason for people: its last error line, or its exit code.</summary>
    Task<string> Exited { get; }

    /// <summary>Whether new requests reach the child. False when its socket file was removed; open answers go on.</summary>
    bool IsReachable => true;

    /// <summary>Grows with every part of an answer that comes from the child; in no particular unit.</summary>
    long Received => 0;

    /// <summary>Processor time the child has used.</summary>
    TimeSpan ProcessorTime => default;

    /// <summary>Why the child is being ended though requests are open, for those requests; null when it is merely unloaded.</summary>
    string? EndReason => null;

    /// <summary>Asks what the child's slots do; null when it does not answer or does not tell. Does not count as <see cref="Received"/>.</summary>
    Task<string?> ProbeAsync() => Task.FromResult<string?>(null);

    /// <summary>Sets <see cref="EndReason"/>.</summary>
    void Condemn(string reason)
    {
    }
}
