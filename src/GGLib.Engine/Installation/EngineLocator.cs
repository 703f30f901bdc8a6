using System.Collections.Immutable;

namespace GGLib.Engine.Installation;

/// <summary>
/// Finds a llama-server that runs: the one named on the command line, the one named by
/// <c>GGLIB_LLAMA_SERVER</c>, the one named in the configuration file, one on <c>PATH</c>, gglib's own install, in that order.
/// </summary>
/// <remarks>
/// Each candidate is asked for its version and its flags once. The answers are kept in the data folder by the file's path, size
/// and time, so that a warm start runs no process. Safe to use from several threads and processes at once.
/// </remarks>
public sealed class EngineLocator
{
    /// <summary>The environment variable that names a llama-server.</summary>
    public const string EnvironmentVariable = "GGLIB_LLAMA_SERVER";

    private readonly EngineFolder _folder;
    private readonly ProbeCache _probes;
    private readonly Func<string, string?> _environment;

    /// <param name="dataFolder">gglib's data folder; own installs and the cache of answers lie in its <c>engine</c> folder.</param>
    public EngineLocator(string dataFolder)
        : this(dataFolder, Environment.GetEnvironmentVariable)
    {
    }

    internal EngineLocator(string dataFolder, Func<string, string?> environment)
    {
        _folder = new EngineFolder(dataFolder);
        _probes = new ProbeCache(_folder.ProbesFile);
        _environment = environment;
    }

    /// <summary>
    /// Looks in every place, in order, until one answers. <paramref name="configuredPath"/> is what <c>--engine</c> names, if anything.
    /// </summary>
    public Task<EngineSearch> FindAsync(string? configuredPath, CancellationToken cancellationToken) => FindAsync(configuredPath, null, cancellationToken);

    /// <summary>The same where a configuration file may name one, too; the environment goes before it.</summary>
    public async Task<EngineSearch> FindAsync(string? configuredPath, string? filePath, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(configuredPath))
        {
            return await NamedAsync(configuredPath, EngineOrigin.Configured, cancellationToken).ConfigureAwait(false);
        }

        if (_environment(EnvironmentVariable) is { } named && !string.IsNullOrWhiteSpace(named))
        {
            return await NamedAsync(named, EngineOrigin.Environment, cancellationToken).ConfigureAwait(false);
        }

        if (!string.IsNullOrWhiteSpace(filePath))
        {
            return await NamedAsync(filePath, EngineOrigin.File, cancellationToken).ConfigureAwait(false);
        }

        var passedOver = ImmutableArray.CreateBuilder<string>();
        foreach (var path in SearchPath.Candidates(_environment("PATH")))
        {
            var answer = await _probes.AskAsync(path, [path], ownInstall: false, cancellationToken).ConfigureAwait(false);
            if (answer is ProbeOutcome.Answered found)
            {
                return new EngineSearch.Found(found.ToBinary(path, [path], EngineOrigin.SearchPath), passedOver.ToImmutable());
            }

            passedOver.Add($"{path} (on PATH) was passed over: {((ProbeOutcome.Failed)answer).Reason}");
        }

        switch (await InstalledAsync(cancellationToken).ConfigureAwait(false))
        {
            case InstalledEngine.Working working:
                return new EngineSearch.Found(working.Engine, passedOver.ToImmutable());
            case InstalledEngine.Broken broken:
                passedOver.Add($"{broken.Path} (installed by gglib) was passed over: {broken.Reason}");
                break;
        }

        return new EngineSearch.Missing(passedOver.ToImmutable());
    }

    /// <summary>gglib's own install alone.</summary>
    internal async Task<InstalledEngine> InstalledAsync(CancellationToken cancellationToken)
    {
        if (_folder.Current() is not { } manifest)
        {
            return new InstalledEngine.None();
        }

        var root = _folder.InstallFolder(manifest.Id);
        var path = Path.Combine(root, manifest.Binary);
        var command = manifest.CommandIn(root);
        return await _probes.AskAsync(path, command, ownInstall: true, cancellationToken).ConfigureAwait(false) switch
        {
            ProbeOutcome.Answered answered => new InstalledEngine.Working(answered.ToBinary(path, command, EngineOrigin.Installed), manifest.Provider),
            ProbeOutcome.Failed failed => new InstalledEngine.Broken(path, failed.Reason),
            _ => throw new InvalidOperationException("A probe has two outcomes."),
        };
    }

    private async Task<EngineSearch> NamedAsync(string named, EngineOrigin origin, CancellationToken cancellationToken)
    {
        if (named.Contains('\0'))
        {
            return new EngineSearch.Unusable(origin, named, "It is not a path.");
        }

        var path = Path.GetFullPath(named.Trim());
        if (Directory.Exists(path))
        {
            return new EngineSearch.Unusable(origin, path, "It is a folder; name the llama-server file in it.");
        }

        if (!File.Exists(path))
        {
            return new EngineSearch.Unusable(origin, path, "There is no such file.");
        }

        return await _probes.AskAsync(path, [path], ownInstall: false, cancellationToken).ConfigureAwait(false) switch
        {
            ProbeOutcome.Answered answered => new EngineSearch.Found(answered.ToBinary(path, [path], origin), []),
            ProbeOutcome.Failed failed => new EngineSearch.Unusable(origin, path, failed.Reason),
            _ => throw new InvalidOperationException("A probe has two outcomes."),
        };
    }
}
