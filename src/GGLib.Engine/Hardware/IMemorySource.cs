namespace GGLib.Engine.Hardware;

/// <summary>Tells how much memory models may use. Safe for any number of threads.</summary>
public interface IMemorySource
{
    /// <summary>Completes when everything that takes time to find out is known.</summary>
    Task ReadyAsync(CancellationToken cancellation);

    /// <summary>The capacity now. Quick.</summary>
    /// <param name="budget">The most bytes that all models may take, as configured; null: as the machine has.</param>
    MemoryCapacity Read(long? budget);

    /// <summary>Bytes that a process holds and that no file backs, swapped out or not; null when it cannot be told.</summary>
    long? PrivateBytesOf(int process);
}
