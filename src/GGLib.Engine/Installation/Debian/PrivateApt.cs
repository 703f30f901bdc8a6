using System.Text;

namespace GGLib.Engine.Installation.Debian;

/// <summary>
/// apt with state, cache and sources of its own, in a folder of ours: needs no rights and changes nothing on the system. The
/// machine's own configuration (proxy, certificates, log-ins) stays in force; only what must not be inherited is overridden.
/// </summary>
internal sealed class PrivateApt
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    // Messages are read: they must not be translated.
    private static readonly Dictionary<string, string?> EnvironmentVariables = new() { ["LC_ALL"] = "C", ["LANGUAGE"] = null, ["DEBIAN_FRONTEND"] = "noninteractive" };

    private readonly string[] _options;

    private PrivateApt(string[] options, string archives)
    {
        _options = options;
        Archives = archives;
    }

    /// <summary>Where downloaded packages lie.</summary>
    public string Archives { get; }

    public static PrivateApt Create(string folder, DebianMirror mirror, string suite, string architecture)
    {
        string In(params string[] parts) => Path.Combine([folder, .. parts]);
        Directory.CreateDirectory(In("state", "lists", "partial"));
        Directory.CreateDirectory(In("cache", "archives", "partial"));
        Directory.CreateDirectory(In("log"));
        File.WriteAllText(In("status"), "");
        File.WriteAllText(In("debian.sources"), SourceFile(mirror, suite, architecture));
        File.WriteAllText(In("hooks.conf"), NoHooks);

        string[] settings =
        [
            $"Dir::State={In("state")}",
            "Dir::State::lists=lists/",
            $"Dir::State::status={In("status")}",
            $"Dir::State::extended_states={In("state", "extended_states")}",
            $"Dir::Cache={In("cache")}",
            "Dir::Cache::archives=archives/",
            $"Dir::Log={In("log")}",
            $"Dir::Etc::sourcelist={In("debian.sources")}",
            "Dir::Etc::sourceparts=/dev/null",
            "Dir::Etc::preferences=/dev/null",
            "Dir::Etc::preferencesparts=/dev/null",
            "APT::Default-Release=",
            "APT::Install-Recommends=false",
            "APT::Install-Suggests=false",

            // No lock file of the system, and no drop to the user _apt, who cannot reach a folder in somebody's home.
            "Debug::NoLocking=true",
            "APT::Sandbox::User=",

            // A machine may be configured to be lax. What runs as the user's engine is signed, or is not used.
            "APT::Get::AllowUnauthenticated=false",
            "Acquire::AllowInsecureRepositories=false",
            "Acquire::AllowWeakRepositories=false",
            "Acquire::AllowDowngradeToInsecureRepositories=false",

            "Acquire::Languages=none",
            "Acquire::http::Timeout=20",
            "Acquire::https::Timeout=20",
            "APT::Update::Error-Mode=any",
            "APT::Status-Fd=1",
        ];
        return new PrivateApt(["-q", "-c", In("hooks.conf"), .. settings.SelectMany(static setting => new[] { "-o", setting })], In("cache", "archives"));
    }

    public Task<ToolResult> UpdateAsync(Action<string> onLine, CancellationToken cancellationToken) =>
        // A mirror that is down is tried once more, not three times with growing pauses: there is another one to ask.
        Tool.RunAsync("apt-get", [.. _options, "-o", "Acquire::Retries=1", "update"], EnvironmentVariables, Patience, onLine, cancellationToken, usesNetwork: true);

    public Task<ToolResult> DownloadAsync(string package, Action<string> onLine, CancellationToken cancellationToken) =>
        Tool.RunAsync("apt-get", [.. _options, "install", "-y", "--download-only", package], EnvironmentVariables, Patience, onLine, cancellationToken, usesNetwork: true);

    /// <summary>Only the package index: translations, contents and icon catalogues of a whole suite would be many times as much.</summary>
    private static string SourceFile(DebianMirror mirror, string suite, string architecture)
    {
        var text = new StringBuilder();
        text.Append("Types: deb\n");
        text.Append("URIs: ").Append(mirror.Uri).Append('\n');
        text.Append("Suites: ").Append(suite).Append('\n');
        text.Append("Components: main\n");
        text.Append("Architectures: ").Append(architecture).Append('\n');
        text.Append("Targets: Packages\n");
        if (mirror.SignedBy is { } signedBy)
        {
            // A key that stands in the sources itself begins on a line of its own.
            text.Append("Signed-By:").Append(signedBy.StartsWith('\n') ? "" : " ").Append(signedBy).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Hooks of the machine act on the system's own apt (they clean its cache, refresh its catalogues): not ours to trigger.</summary>
    private const string NoHooks = """
        #clear APT::Update::Pre-Invoke;
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        #clear DPkg::Pre-Invoke;
        #clear DPkg::Post-Invoke;
        #clear DPkg::Pre-Install-Pkgs;

        """;
}
