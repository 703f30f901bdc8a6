using System.Collections.Immutable;
using GGLib.Engine.Installation.Debian;
using GGLib.Engine.Installation.Releases;

namespace GGLib.Engine.Installation;

/// <summary>
/// Installs llama-server into gglib's own folder, without any rights beyond it: the official release archive, else on
/// Debian-family systems the distribution's signed packages. An install appears whole or not at all, and only after it has run.
/// </summary>
public sealed class EngineInstaller
{
    /// <summary>The environment variable that forces one provider: <c>release</c> or <c>debian</c>.</summary>
    public const string ProviderVariable = "GGLIB_ENGINE_PROVIDER";

    private const string ByHand =
        "Check the network, and behind a proxy set HTTPS_PROXY; then run gglib again. Or install llama.cpp yourself (`brew install llama.cpp`, `winget install llama.cpp`, or an archive from https://github.com/ggml-org/llama.cpp/releases) and name it with `--engine /path/to/llama-server`.";

    private readonly EngineFolder _folder;
    private readonly EngineLocator _locator;
    private readonly ImmutableArray<IEngineProvider> _providers;
    private readonly Func<string, string?> _environment;
    private readonly bool _replace;
    private readonly string? _provider;

    public EngineInstaller(EngineInstallerOptions options)
        : this(options, DefaultProviders(Environment.GetEnvironmentVariable), Environment.GetEnvironmentVariable)
    {
    }

    internal EngineInstaller(EngineInstallerOptions options, ImmutableArray<IEngineProvider> providers, Func<string, string?> environment)
    {
        _folder = new EngineFolder(options.DataFolder);
        _locator = new EngineLocator(options.DataFolder, environment);
        _providers = providers;
        _environment = environment;
        _replace = options.Replace;
        _provider = options.Provider;
    }

    /// <summary>Installs, or returns at once what is installed and works. A second caller, in any process, waits for the first and shares its result.</summary>
    public async Task<InstallResult> InstallAsync(IProgress<InstallProgress>? progress, CancellationToken cancellationToken)
    {
        progress ??= new Progress<InstallProgress>();
        if (ChosenProviders() is not { } providers)
        {
            return new InstallResult.Failed([], $"Set {ProviderVariable} to one of {string.Join(", ", _providers.Select(static provider => $"`{provider.Name}`"))}, or unset it.");
        }

        try
        {
            Directory.CreateDirectory(_folder.Root);
            using var held = await InstallLock.AcquireAsync(
                _folder.LockFile,
                TimeProvider.System,
                () => progress.Report(new InstallProgress(InstallPhase.Waiting, "another gglib is installing")),
                cancellationToken).ConfigureAwait(false);
            StagingFolder.RemoveAbandoned(_folder);
            var result = await PresentAsync(cancellationToken).ConfigureAwait(false)
                ?? await FromProvidersAsync(providers, progress, cancellationToken).ConfigureAwait(false);

            // Again: children of a killed installer may have written on behind the first sweep, and no later install may come.
            StagingFolder.RemoveAbandoned(_folder);
            return result;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new InstallResult.Failed([new ProviderFailure("disk", error.Message)], $"Make {_folder.Root} writable with about 200 MB free, or choose another data folder.");
        }
    }

    internal static ImmutableArray<IEngineProvider> DefaultProviders(Func<string, string?> environment)
    {
        IEngineProvider release = new ReleaseArchiveProvider(environment);
        return OperatingSystem.IsLinux() ? [release, new DebianPackagesProvider()] : [release];
    }

    private ImmutableArray<IEngineProvider>? ChosenProviders()
    {
        if (_environment(ProviderVariable) is not { } name || string.IsNullOrWhiteSpace(name))
        {
            name = _provider;
        }

        if (name is null)
        {
            return _providers;
        }

        ImmutableArray<IEngineProvider> chosen = [.. _providers.Where(provider => provider.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))];
        return chosen.IsEmpty ? null : chosen;
    }

    /// <summary>What is installed and works; also a whole install whose installer was killed before it could say so.</summary>
    private async Task<InstallResult?> PresentAsync(CancellationToken cancellationToken)
    {
        if (_replace)
        {
            return null;
        }

        if (await _locator.InstalledAsync(cancellationToken).ConfigureAwait(false) is InstalledEngine.Working current)
        {
            return new InstallResult.Installed(current.Engine, current.Provider, []);
        }

        foreach (var manifest in _folder.Installs().ToArray())
        {
            _folder.SetCurrent(manifest.Id);
            if (await _locator.InstalledAsync(cancellationToken).ConfigureAwait(false) is InstalledEngine.Working adopted)
            {
                return new InstallResult.Installed(adopted.Engine, adopted.Provider, []);
            }
        }

        return null;
    }

    private async Task<InstallResult> FromProvidersAsync(ImmutableArray<IEngineProvider> providers, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        var failures = ImmutableArray.CreateBuilder<ProviderFailure>();
        string? remedy = null;
        foreach (var provider in providers)
        {
            using var staging = StagingFolder.Create(_folder);
            var outcome = await PrepareAsync(provider, staging.Workspace, progress, cancellationToken).ConfigureAwait(false);
            if (outcome is ProviderOutcome.Prepared prepared)
            {
                progress.Report(new InstallProgress(InstallPhase.Verifying, prepared.Manifest.Id));
                outcome = await FinishAsync(prepared, cancellationToken).ConfigureAwait(false);
            }

            if (outcome is ProviderOutcome.Failed failed)
            {
                failures.Add(new ProviderFailure(provider.Name, failed.Reason));
                remedy = failed.Remedy ?? remedy;
                continue;
            }

            if (await _locator.InstalledAsync(cancellationToken).ConfigureAwait(false) is InstalledEngine.Working working)
            {
                return new InstallResult.Installed(working.Engine, provider.Name, failures.ToImmutable());
            }

            failures.Add(new ProviderFailure(provider.Name, "It ran while it was prepared and no longer did in its final place."));
        }

        return new InstallResult.Failed(failures.ToImmutable(), remedy ?? ByHand);
    }

    private static async Task<ProviderOutcome> PrepareAsync(IEngineProvider provider, string workspace, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        try
        {
            return await provider.PrepareAsync(workspace, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return FullDisk.IsIn(error.Message)
                ? new ProviderOutcome.Failed(FullDisk.Reason, FullDisk.Remedy)
                : new ProviderOutcome.Failed($"Writing it failed: {error.Message}");
        }
    }

    /// <summary>Runs what was prepared, gives it its final name, and makes it the current one. Each step leaves a state the next installer can go on from.</summary>
    private async Task<ProviderOutcome> FinishAsync(ProviderOutcome.Prepared prepared, CancellationToken cancellationToken)
    {
        var manifest = prepared.Manifest;
        var binary = Path.Combine(prepared.Payload, manifest.Binary);
        var probe = await EngineProbe.RunAsync(binary, manifest.CommandIn(prepared.Payload), ownInstall: true, cancellationToken).ConfigureAwait(false);
        if (probe is ProbeOutcome.Failed failed)
        {
            return new ProviderOutcome.Failed($"What was fetched ({manifest.Id}) was not installed. {failed.Reason}");
        }

        var previous = _folder.Current()?.Id;
        if (Directory.Exists(_folder.InstallFolder(manifest.Id)))
        {
            // The same version again. A running server may be using the folder, so it is not written into.
            manifest = manifest with { Id = $"{manifest.Id}-{Guid.NewGuid().ToString("N")[..6]}" };
        }

        EngineFolder.WriteManifest(prepared.Payload, manifest);
        Directory.Move(prepared.Payload, _folder.InstallFolder(manifest.Id));
        _folder.SetCurrent(manifest.Id);
        RemoveOlderThan(previous, manifest.Id);
        return prepared;
    }

    /// <summary>Keeps the new install and the one before it, from which a running server may still start children.</summary>
    private void RemoveOlderThan(string? previous, string current)
    {
        foreach (var old in _folder.Installs().Select(static manifest => manifest.Id).ToArray())
        {
            if (old != previous && old != current)
            {
                StagingFolder.Remove(_folder.InstallFolder(old));
            }
        }
    }
}
