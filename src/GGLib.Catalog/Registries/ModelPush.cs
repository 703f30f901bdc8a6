using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using GGLib.Catalog.Registries.Http;
using GGLib.Catalog.Registries.Jobs;
using GGLib.Catalog.Registries.Plans;
using GGLib.Catalog.Registries.Uploads;

namespace GGLib.Catalog.Registries;

/// <summary>Pushes models to registries that speak Ollama's protocol. Thread-safe.</summary>
public sealed class ModelPush
{
    private readonly TransferHttp _http;
    private readonly TransferOptions _options;
    private readonly TimeProvider _time;

    /// <param name="http">As <see cref="TransferClient"/> makes them; stays the caller's.</param>
    /// <param name="options">Where to, and how.</param>
    /// <param name="time">Waits.</param>
    public ModelPush(HttpClient http, TransferOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _http = new TransferHttp(http, options, time);
        _options = options;
        _time = time;
    }

    /// <summary>Pushes a model and tells how it goes. Who stops reading, or cancels, stops the push; what the registry has of it then stays there.</summary>
    /// <param name="name">Under which name.</param>
    /// <param name="layers">What it consists of, in the manifest's order.</param>
    /// <param name="config">The manifest's configuration.</param>
    /// <param name="insecure">Whether plain HTTP will do.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async IAsyncEnumerable<PullProgress> PushAsync(RemoteName.Registry name, ImmutableArray<PushLayer> layers, PushLayer config, bool insecure, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(config);
        var log = new ProgressLog();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = Task.Run(() => RunAsync(name, layers, config, insecure, log, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var line in log.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return line;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(RemoteName.Registry name, ImmutableArray<PushLayer> layers, PushLayer config, bool insecure, ProgressLog log, CancellationToken cancellationToken)
    {
        try
        {
            log.Add(new PullProgress("retrieving manifest"));
            log.Add(await SendAsync(name, layers, config, insecure, log, cancellationToken).ConfigureAwait(false) is { } failure ? PullProgress.Failed(failure) : new PullProgress("success"));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A bug: the reader must not wait for ever because of it.
            log.Add(PullProgress.Failed(new TransferFailure(TransferFault.Storage, $"The push failed: {error.Message}")));
            throw;
        }
    }

    private async Task<TransferFailure?> SendAsync(RemoteName.Registry name, ImmutableArray<PushLayer> layers, PushLayer config, bool insecure, ProgressLog log, CancellationToken cancellationToken)
    {
        var registries = RegistryAddress.Of(name, insecure, _options, out var failure);
        foreach (var registry in registries)
        {
            var credentials = RegistryAddress.Anonymous(registry);
            failure = null;
            foreach (var layer in layers.Append(config).DistinctBy(static layer => layer.Digest))
            {
                var progress = new FileProgress(log, _time, "pushing", layer.Digest, "", layer.SizeBytes);
                failure = await new BlobUpload(_http, _options, _time, layer, RegistryAddress.Within(registry, name.Model, "blobs/"), credentials, progress.Report).SendAsync(cancellationToken).ConfigureAwait(false);
                if (failure is not null)
                {
                    break;
                }
            }

            if (failure?.Fault is TransferFault.Unreachable)
            {
                continue;
            }

            return failure ?? await SendManifestAsync(name, layers, config, registry, credentials, log, cancellationToken).ConfigureAwait(false);
        }

        return failure;
    }

    private async Task<TransferFailure?> SendManifestAsync(RemoteName.Registry name, ImmutableArray<PushLayer> layers, PushLayer config, Uri registry, Credentials credentials, ProgressLog log, CancellationToken cancellationToken)
    {
        log.Add(new PullProgress("pushing manifest"));
        var manifest = ManifestText.Of(layers.Select(static layer => File(layer, PulledRole.Other)).Append(File(config, PulledRole.Config)));
        using var outcome = await _http.SendAsync(
            HttpMethod.Put,
            RegistryAddress.Within(registry, name.Model, $"manifests/{Uri.EscapeDataString(name.Model.Tag)}"),
            credentials,
            (request, _) =>
            {
                request.Content = new ByteArrayContent(manifest);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.Manifest);
            },
            cancellationToken).ConfigureAwait(false);
        return outcome.Failure;

        static PulledFile File(PushLayer layer, PulledRole role) => new(role, layer.MediaType, layer.Digest.FileName, layer.Digest, layer.SizeBytes, layer.Path ?? "");
    }
}
