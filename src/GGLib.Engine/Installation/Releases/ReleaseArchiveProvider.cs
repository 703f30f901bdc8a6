namespace GGLib.Engine.Installation.Releases;

internal sealed class ReleaseArchiveProvider(Func<string, string?> environment) : IEngineProvider
{
    public string Name => "release";

    public Task<ProviderOutcome> PrepareAsync(string workspace, IProgress<InstallProgress> progress, CancellationToken cancellationToken) =>
        Task.FromResult<ProviderOutcome>(new ProviderOutcome.Failed("TODO" + environment("X")));
}
