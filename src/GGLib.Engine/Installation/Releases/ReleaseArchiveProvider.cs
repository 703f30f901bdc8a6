using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GGLib.Engine.Installation.Releases;

/// <summary>Installs the official archive of ggml-org/llama.cpp that fits this machine, checked against the release's own digest.</summary>
internal sealed class ReleaseArchiveProvider : IEngineProvider
{
    /// <summary>The environment variable that names another server of GitHub's release API, for a mirror.</summary>
    public const string ApiVariable = "GGLIB_RELEASE_API";

    private const string DefaultApi = "https://api.github.com";
    private const string Releases = "/repos/ggml-org/llama.cpp/releases";

    // Where GitHub is blocked without a refusal, the next provider should not wait for long.
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(15);

    private readonly string _api;
    private readonly Func<CancellationToken, Task<ReleaseTarget>> _target;
    private readonly TimeSpan _stall;

    public ReleaseArchiveProvider(Func<string, string?> environment)
        : this(environment, ReleaseTarget.OfThisMachineAsync, stall: TimeSpan.FromSeconds(30))
    {
    }

    internal ReleaseArchiveProvider(Func<string, string?> environment, Func<CancellationToken, Task<ReleaseTarget>> target, TimeSpan stall)
    {
        _api = environment(ApiVariable) is { } named && !string.IsNullOrWhiteSpace(named) ? named.Trim().TrimEnd('/') : DefaultApi;
        _target = target;
        _stall = stall;
    }

    public string Name => "release";

    public async Task<ProviderOutcome> PrepareAsync(string workspace, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(_api, UriKind.Absolute, out var api) || !ReleaseAddress.IsAllowed(api))
        {
            return new ProviderOutcome.Failed($"{ApiVariable} is {_api}, which is not an HTTPS address.", $"Set {ApiVariable} to an HTTPS address, or unset it.");
        }

        using var handler = new SocketsHttpHandler { ConnectTimeout = ConnectPatience, AutomaticDecompression = DecompressionMethods.All };
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 32 * 1024 * 1024 };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("gglib");

        progress.Report(new InstallProgress(InstallPhase.Resolving, $"latest llama.cpp release at {api.Host}"));
        var target = await _target(cancellationToken).ConfigureAwait(false);
        var (release, choice, reason) = await ChooseAsync(http, api, target, cancellationToken).ConfigureAwait(false);
        if (reason is not null || release is null || choice is null)
        {
            return new ProviderOutcome.Failed(reason ?? "The release is empty.");
        }

        var payload = Path.Combine(workspace, "payload");
        if (await FetchAndUnpackAsync(http, choice, workspace, payload, progress, cancellationToken).ConfigureAwait(false) is { } failure)
        {
            return new ProviderOutcome.Failed(failure);
        }

        var binary = Directory.EnumerateFiles(payload, SearchPath.FileName, SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault();
        if (binary is null)
        {
            return new ProviderOutcome.Failed($"{choice.Archives[0].Name} holds no {SearchPath.FileName}.");
        }

        var relative = Path.GetRelativePath(payload, binary);
        return new ProviderOutcome.Prepared(payload, new EngineManifest(Id(release, choice), Name, relative, [Path.Combine(EngineManifest.RootMark, relative)]));
    }

    /// <summary>
    /// The latest release that has an archive for this machine. Releases come several times a day and are filled by one build
    /// after another, so the latest may not have ours yet.
    /// </summary>
    private static async Task<(Release? Release, AssetChoice? Choice, string? Reason)> ChooseAsync(HttpClient http, Uri api, ReleaseTarget target, CancellationToken cancellationToken)
    {
        var (latest, reason) = await GetAsync(http, api, $"{Releases}/latest", ReleaseJson.Default.Release, cancellationToken).ConfigureAwait(false);
        if (latest is null)
        {
            return (null, null, reason);
        }

        if (AssetChoice.For(target, latest.Files) is { } choice)
        {
            return (latest, choice, null);
        }

        var (recent, _) = await GetAsync(http, api, $"{Releases}?per_page=10", ReleaseJson.Default.ReleaseArray, cancellationToken).ConfigureAwait(false);
        foreach (var release in recent ?? [])
        {
            if (release is not null && AssetChoice.For(target, release.Files) is { } older)
            {
                return (release, older, null);
            }
        }

        var offered = string.Join(", ", latest.Files.Select(static asset => asset.Name).Take(40));
        return (null, null, $"Release {latest.Tag} offers nothing for {target.System} on {target.Cpu}; it offers {(offered.Length > 0 ? offered : "nothing")}.");
    }

    private static async Task<(T? Value, string? Reason)> GetAsync<T>(HttpClient http, Uri api, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(AnswerPatience);
        try
        {
            using var answer = await http.GetAsync(new Uri(api.AbsoluteUri.TrimEnd('/') + path), patience.Token).ConfigureAwait(false);
            if (answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests)
            {
                return (null, $"{api.Host} refused ({(int)answer.StatusCode}): too many requests from this network, or access is blocked.");
            }

            if (!answer.IsSuccessStatusCode)
            {
                return (null, $"{api.Host} answered {(int)answer.StatusCode}.");
            }

            var bytes = await answer.Content.ReadAsByteArrayAsync(patience.Token).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, type) is { } value ? (value, null) : (null, $"{api.Host} answered nothing.");
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, error.InnerException is TimeoutException && !patience.IsCancellationRequested
                ? $"{api.Host} cannot be reached: no connection within {ConnectPatience.TotalSeconds:0} s."
                : $"{api.Host} did not answer within {AnswerPatience.TotalSeconds:0} s.");
        }
        catch (HttpRequestException error)
        {
            return (null, $"{api.Host} cannot be reached: {Cause(error)}");
        }
        catch (JsonException)
        {
            return (null, $"{api.Host} answered something that is not a release; a proxy may be in between.");
        }
    }

    private async Task<string?> FetchAndUnpackAsync(HttpClient http, AssetChoice choice, string workspace, string payload, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        var total = choice.Archives.Sum(static asset => asset.Size);
        long before = 0;
        foreach (var asset in choice.Archives)
        {
            // Only the ending of the name counts from here on; the rest is not ours to trust as a path.
            var file = Path.Combine(workspace, asset.Name!.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? "archive.zip" : "archive.tar.gz");
            var done = before;
            var failure = await ReleaseDownload.FetchAsync(
                http,
                asset,
                file,
                _stall,
                bytes => progress.Report(new InstallProgress(InstallPhase.Downloading, asset.Name, done + bytes, total)),
                cancellationToken).ConfigureAwait(false);
            if (failure is not null)
            {
                return failure;
            }

            progress.Report(new InstallProgress(InstallPhase.Unpacking, asset.Name));
            try
            {
                await ArchiveUnpacker.UnpackAsync(file, payload, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
            {
                return $"{asset.Name} cannot be unpacked: {error.Message}";
            }

            File.Delete(file);
            before += asset.Size;
        }

        return null;
    }

    /// <summary>A folder name: the tag is what somebody wrote.</summary>
    private static string Id(Release release, AssetChoice choice) =>
        string.Create(CultureInfo.InvariantCulture, $"release-{release.Tag}-{choice.Variant}")
            .Replace("..", "-", StringComparison.Ordinal)
            .Select(static character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '+' ? character : '-')
            .Aggregate(new System.Text.StringBuilder(), static (text, character) => text.Append(character))
            .ToString();

    private static string Cause(HttpRequestException error)
    {
        var message = error.InnerException is SocketException socket ? socket.Message : error.Message;
        return message.EndsWith('.') ? message : message + ".";
    }
}
