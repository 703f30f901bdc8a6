using GGLib.Acceptance.Backends;
using GGLib.Engine.Installation;

namespace GGLib.Acceptance;

/// <summary>
/// The real llama-server that acceptance tests run: found or installed by gglib's own code, once for a user of this machine, in a
/// cache folder that outlives the run. A machine that cannot have one fails the tests; it does not skip them.
/// </summary>
internal static class AcceptanceEngine
{
    /// <summary>The environment variable that chooses the engine's CPU backend: a name such as <c>haswell</c>, or <c>oldest</c>.</summary>
    public const string BackendVariable = "GGLIB_TEST_CPU_BACKEND";

    private static readonly Lazy<Task<EngineBinary>> Engine = new(static () => GetOnceAsync(CancellationToken.None));

    /// <summary>The chosen CPU backend; null where ggml chooses.</summary>
    public static string? Backend { get; } = Environment.GetEnvironmentVariable(BackendVariable)?.Trim() is { Length: > 0 } choice ? choice : null;

    /// <summary>Where the engine with all its backends is installed.</summary>
    public static string InstallFolder { get; } = Path.Combine(CacheFolder(), "gglib-tests");

    /// <summary>Where tests that need a data folder with an installed engine may point <c>gglib</c>; they must write nothing else there.</summary>
    public static string DataFolder { get; } = Backend is null ? InstallFolder : $"{InstallFolder}-{Backend}";

    public static Task<EngineBinary> GetAsync(CancellationToken cancellationToken) => Engine.Value.WaitAsync(cancellationToken);

    private static async Task<EngineBinary> GetOnceAsync(CancellationToken cancellationToken)
    {
        var engine = await FindOrInstallAsync(cancellationToken);
        if (Backend is null)
        {
            return engine;
        }

        if (engine.Origin is not EngineOrigin.Installed)
        {
            // Its folder may be anywhere, and gglib, when the tests start it, would find this one first.
            throw new InvalidOperationException($"{BackendVariable} needs an engine that the tests install, but {engine.Path} is found first. Unset {EngineLocator.EnvironmentVariable}, or take its folder off PATH.");
        }

        await OneBackendEngine.MakeAsync(engine, InstallFolder, DataFolder, Backend, cancellationToken);
        return await new EngineLocator(DataFolder).FindAsync(configuredPath: null, cancellationToken) is EngineSearch.Found { Engine.Origin: EngineOrigin.Installed } found
            ? found.Engine
            : throw new InvalidOperationException($"The copy of the engine in {DataFolder} does not work. Delete the folder and run the tests again.");
    }

    private static async Task<EngineBinary> FindOrInstallAsync(CancellationToken cancellationToken)
    {
        switch (await new EngineLocator(InstallFolder).FindAsync(configuredPath: null, cancellationToken))
        {
            case EngineSearch.Found found:
                return found.Engine;
            case EngineSearch.Unusable unusable:
                throw new InvalidOperationException($"The llama-server named for the tests, {unusable.Path}, does not work: {unusable.Reason}");
        }

        return await new EngineInstaller(new EngineInstallerOptions { DataFolder = InstallFolder }).InstallAsync(progress: null, cancellationToken) switch
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
