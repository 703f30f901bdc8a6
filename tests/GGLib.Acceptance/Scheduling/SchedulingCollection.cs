namespace GGLib.Acceptance.Scheduling;

/// <summary>One after the other and beside nothing else: they count this process's descriptors and threads, and load a machine that other tests measure.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SchedulingCollection
{
    public const string Name = "Scheduling";
}
