using GGLib.Engine.Installation;

namespace GGLib.Acceptance;

/// <summary>
/// The real llama-server that acceptance tests run: found or installed by gglib's own code, once for a user of this machine, in a
/// cache folder that outlives the run. A machine that cannot have one fails the tests; it does not skip them.
/// </summary>
internal static class AcceptanceEngine
{
    private static readonly Lazy<Task<EngineBinary>> Engine = new(static () => FindOrInstallAsync(CancellationToken.None));

    /// <summary>Where tests that need a data folder with an installed engine may point <c>gglib</c>; they must write nothing else there.</summary>
    public static string DataFolder { get; } = Path.Combine(CacheFolder(), "gglib-tests");

    public static Task<EngineBinary> GetAsync(CancellationToken cancellationToken) => Engine.Value.WaitAsync(cancellationToken);

    private static async Task<EngineBinary> FindOrInstallAsync(CancellationToken cancellationToken)
    {
        switch (await new EngineLocator(DataFolder).FindAsync(configuredPath: null, cancellationToken))
        {
            case EngineSearch.Found found:
                return found.Engine;
            case EngineSearch.Unusable unusable:
                throw new InvalidOperationException($"The llama-server named for the tests, {unusable.Path}, does not work: {unusable.Reason}");
        }

        return await new EngineInstaller(new EngineInstallerOptions { DataFolder = DataFolder }).InstallAsync(progress: null, cancellationToken) switch
        {
            InstallResult.Installed installed => installed.Engine,
            InstallResult.Failed failed => throw new InvalidOperationException(
                $"No llama-server for the tests. {string.Join(" ", failed.Reasons.Select(static reason => $"{reason.Provider}: {reason.Reason}"))} {failed.Remedy}"),
            _ => throw new InvalidOperationException("An installation has two outcomes."),
        };
    }

    private static string CacheFolder() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathFullyQualified(cache)
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
