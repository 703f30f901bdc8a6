using System.Collections.Immutable;

namespace GGLib.Engine.Installation.Debian;

/// <summary>
/// Installs Debian's own package of llama.cpp, with everything it needs down to the C library, from the first suite that has it.
/// apt checks the archive's signature and every package's checksum; nothing is installed on the system.
/// </summary>
internal sealed class DebianPackagesProvider : IEngineProvider
{
    private const string Package = "llama.cpp-tools";

    /// <summary>The suites that carry the package, the steadier first.</summary>
    private static readonly ImmutableArray<string> Suites = ["forky", "sid"];

    private readonly string _aptFolder;

    public DebianPackagesProvider()
        : this("/etc/apt")
    {
    }

    internal DebianPackagesProvider(string aptFolder) => _aptFolder = aptFolder;

    public string Name => "debian";

    public async Task<ProviderOutcome> PrepareAsync(string workspace, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        var dpkg = await Tool.RunAsync("dpkg", ["--print-architecture"], null, TimeSpan.FromSeconds(20), null, cancellationToken).ConfigureAwait(false);
        if (!dpkg.Succeeded)
        {
            return new ProviderOutcome.Failed("This is not a Debian-family system (no dpkg).");
        }

        if (workspace.AsSpan().ContainsAny(':', ';'))
        {
            return new ProviderOutcome.Failed("The data folder's path has a colon or semicolon in it, which separates folders for the dynamic loader.", "Choose a data folder without a colon or semicolon in its path.");
        }

        var architecture = dpkg.Output.Trim();
        var failures = new List<AptFailure>();
        foreach (var mirror in DebianMirror.Candidates(AptSourceReader.ReadAll(_aptFolder), File.Exists))
        {
            foreach (var suite in Suites)
            {
                var apt = PrivateApt.Create(Path.Combine(workspace, $"apt-{failures.Count}"), mirror, suite, architecture);
                if (await DownloadAsync(apt, mirror, suite, progress, cancellationToken).ConfigureAwait(false) is not { } failure)
                {
                    return await UnpackAsync(apt.Archives, Path.Combine(workspace, "payload"), suite, progress, cancellationToken).ConfigureAwait(false);
                }

                failures.Add(failure);
                if (failure.MirrorIsUnreachable)
                {
                    break;
                }
            }
        }

        return new ProviderOutcome.Failed(
            string.Join(" ", failures.Select(static failure => failure.Reason).Distinct()),
            failures.Select(static failure => failure.Remedy).FirstOrDefault(static remedy => remedy is not null));
    }

    private static async Task<AptFailure?> DownloadAsync(PrivateApt apt, DebianMirror mirror, string suite, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        progress.Report(new InstallProgress(InstallPhase.Resolving, $"Debian {suite} at {mirror.Uri}"));
        var update = await apt.UpdateAsync(new AptProgress(progress, InstallPhase.Resolving, $"package index of Debian {suite}").OnLine, cancellationToken).ConfigureAwait(false);
        if (!update.Succeeded)
        {
            return AptFailure.From(update, mirror, suite);
        }

        progress.Report(new InstallProgress(InstallPhase.Downloading, $"Debian packages of {Package}"));
        var download = await apt.DownloadAsync(Package, new AptProgress(progress, InstallPhase.Downloading, $"Debian packages of {Package}").OnLine, cancellationToken).ConfigureAwait(false);

        // An apt older than the setting that makes it fail ends an update well that fetched nothing; the cause is in its warnings.
        return download.Succeeded ? null : AptFailure.From(download with { Error = update.Error + "\n" + download.Error }, mirror, suite);
    }

    private static async Task<ProviderOutcome> UnpackAsync(string archives, string payload, string suite, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(payload);
        var packages = Directory.GetFiles(archives, "*.deb").Order(StringComparer.Ordinal).ToArray();
        for (var index = 0; index < packages.Length; index++)
        {
            progress.Report(new InstallProgress(InstallPhase.Unpacking, Path.GetFileName(packages[index])) { Percent = 100.0 * index / packages.Length });
            var unpacked = await Tool.RunAsync("dpkg-deb", ["-x", packages[index], payload], null, TimeSpan.FromMinutes(5), null, cancellationToken).ConfigureAwait(false);
            if (!unpacked.Succeeded)
            {
                return FullDisk.IsIn(unpacked.Error)
                    ? new ProviderOutcome.Failed(FullDisk.Reason, FullDisk.Remedy)
                    : new ProviderOutcome.Failed($"Unpacking {Path.GetFileName(packages[index])} failed: {unpacked.Describe("dpkg-deb")}");
            }

            File.Delete(packages[index]);
        }

        return RelocatedPackages.Arrange(payload) is { } arranged
            ? new ProviderOutcome.Prepared(payload, new EngineManifest($"debian-{suite}-{Version(packages)}", "debian", arranged.Binary, arranged.Command))
            : new ProviderOutcome.Failed($"The packages of {suite} hold no llama-server with its loader where they used to.");
    }

    /// <summary><c>0.7.0+dfsg-2_amd64</c> of <c>llama.cpp-tools_1%3a0.7.0+dfsg-2_amd64.deb</c>.</summary>
    private static string Version(string[] packages)
    {
        var name = Path.GetFileNameWithoutExtension(packages.FirstOrDefault(static path => Path.GetFileName(path).StartsWith(Package + "_", StringComparison.Ordinal)) ?? "unknown");
        var version = name[(name.IndexOf('_') + 1)..];
        var epoch = version.IndexOf("%3a", StringComparison.OrdinalIgnoreCase);
        return epoch < 0 ? version : version[(epoch + 3)..];
    }
}
