namespace GGLib.Catalog.Registries.Jobs;

/// <summary>A pull and how many listen to it. Guarded by <see cref="PullJobs"/>.</summary>
internal sealed class PullJob
{
    public ProgressLog Log { get; } = new();

    public CancellationTokenSource Stop { get; } = new();

    public int Listeners { get; set; }

    /// <summary>The work; done when nothing of it touches the disk any more.</summary>
    public Task Work { get; set; } = Task.CompletedTask;
}
