using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Creation;
using GGLib.Catalog.Registries;
using GGLib.Catalog.Registries.Plans;
using GGLib.Catalog.Verification;

namespace GGLib.Catalog;

/// <summary>Pulls models into a library and pushes them out of it. Thread-safe. Dispose it to stop what is going on; what was fetched is kept.</summary>
public sealed class ModelTransfers : IModelSource, IFileFetcher, IAsyncDisposable
{
    // Who has not gone on with a pull for so long begins anew.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(7);

    private readonly ModelLibrary _library;
    private readonly Func<CatalogModel, Task> _replaced;
    private readonly HttpClient _http = TransferClient.Create();
    private readonly PullJobs? _pulls;
    private readonly ModelPush _pushes;

    /// <param name="library">Where pulled models go.</param>
    /// <param name="options">Where from, and how.</param>
    /// <param name="time">The clock.</param>
    /// <param name="replaced">Called when a pulled model has taken the place of this one; null for nothing.</param>
    public ModelTransfers(ModelLibrary library, TransferOptions options, TimeProvider time, Func<CatalogModel, Task>? replaced = null)
    {
        ArgumentNullException.ThrowIfNull(library);
        _library = library;
        _replaced = replaced ?? (static _ => Task.CompletedTask);
        library.Blobs?.SweepPartials(Abandoned);
        library.SweepUnnamed(Abandoned);
        _pulls = library.Blobs is { } blobs ? new PullJobs(blobs, _http, options, time, KeepAsync) : null;
        _pushes = new ModelPush(_http, options, time);
    }

    /// <summary>Pulls a model and tells how it goes, as <see cref="PullJobs.PullAsync"/> does. When it ends with success the library has the model.</summary>
    public IAsyncEnumerable<PullProgress> PullAsync(RemoteName name, bool insecure, CancellationToken cancellation) =>
        _pulls?.PullAsync(name, insecure, cancellation)
        ?? new[] { PullProgress.Failed(new TransferFailure(TransferFault.Storage, "this library is only in memory: nothing can be pulled into it")) }.ToAsyncEnumerable();

    /// <summary>Pushes a model of the library and tells how it goes. A file whose SHA-256 is not known yet is read first, which takes a while.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Under which name.</param>
    /// <param name="insecure">Whether plain HTTP will do.</param>
    /// <param name="cancellation">Stops it.</param>
    public async IAsyncEnumerable<PullProgress> PushAsync(CatalogModel model, RemoteName.Registry name, bool insecure, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (layers, failure) = await LayersAsync(model, cancellation).ConfigureAwait(false);
        if (failure is not null)
        {
            yield return new PullProgress("retrieving manifest");
            yield return PullProgress.Failed(failure);
            yield break;
        }

        await foreach (var step in _pushes.PushAsync(name, layers, ConfigOf(model, layers), insecure, cancellation).ConfigureAwait(false))
        {
            yield return step;
        }
    }

    /// <inheritdoc />
    public async Task<CreateFailure?> FetchAsync(string name, Func<CreateProgress, Task> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (RemoteName.Parse(name, out var wrong) is not { } remote)
        {
            return new CreateFailure(CreateFault.BadRecipe, wrong!.Message);
        }

        await foreach (var step in PullAsync(remote, insecure: false, cancellation).ConfigureAwait(false))
        {
            if (step.Failure is { } failure)
            {
                return new CreateFailure(failure.Fault is TransferFault.Storage or TransferFault.DiskFull ? CreateFault.Storage : CreateFault.Missing, failure.Message);
            }

            if (!step.IsLast)
            {
                await report(new CreateProgress(step.Status, step.Digest, step.Total, step.Completed)).ConfigureAwait(false);
            }
        }

        return null;
    }

    /// <inheritdoc />
    public bool CanFetch(CatalogModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model is { Store: null, Profile: { Source: not null, ManifestDigest: not null } } && RemoteName.Parse(model.Profile.Source, out _) is not null;
    }

    /// <inheritdoc />
    public async Task<string?> FetchAsync(CatalogModel model, IReadOnlyList<FileCheck> broken, bool insecure, IProgress<long> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(broken);
        if (!CanFetch(model) || RemoteName.Parse(model.Profile.Source, out _) is not { } remote)
        {
            return "nobody knows where it came from";
        }

        // A blob that is there is not fetched. The broken ones stay where they are until right ones replace them: a server on the same folder may be reading them.
        List<BlobDigest> digests = [.. broken.Select(check => BlobDigest.OfHex(check.Expected) ?? _library.DigestOf(check.File.Path)).OfType<BlobDigest>()];
        try
        {
            digests.ForEach(digest => _library.Blobs?.Distrust(digest));
            var completed = new Dictionary<string, long>(StringComparer.Ordinal);
            await foreach (var step in PullAsync(remote, insecure || model.Profile.AllowsPlainHttp, cancellation).ConfigureAwait(false))
            {
                if (step.Failure is { } failure)
                {
                    return failure.Message;
                }

                if (step.Digest is { } digest && step.Completed > completed.GetValueOrDefault(digest))
                {
                    progress?.Report(step.Completed - completed.GetValueOrDefault(digest));
                    completed[digest] = step.Completed;
                }
            }

            return null;
        }
        finally
        {
            digests.ForEach(digest => _library.Blobs?.Trust(digest));
        }
    }

    /// <summary>Stops all pulls and returns when they have stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_pulls is not null)
        {
            await _pulls.DisposeAsync().ConfigureAwait(false);
        }

        _http.Dispose();
    }

    private async Task<TransferFailure?> KeepAsync(PulledModel pulled, CancellationToken cancellation)
    {
        if (pulled.Weights is not [var first, ..])
        {
            return new TransferFailure(TransferFault.Unsupported, $"{pulled.Source} has no GGUF model in it");
        }

        JsonElement? parameters = null;
        if (pulled.ParametersJson is { } json)
        {
            try
            {
                parameters = JsonElement.Parse(json) is { ValueKind: JsonValueKind.Object } options ? options : null;
            }
            catch (JsonException)
            {
                return new TransferFailure(TransferFault.BadAnswer, $"the parameters of {pulled.Source} are no JSON");
            }
        }

        var profile = new ModelProfile
        {
            Template = pulled.Template,
            PrefersFileTemplate = !pulled.PrefersTemplate,
            System = pulled.System,
            Parameters = parameters,
            Licenses = pulled.Licenses,
            Messages = pulled.Messages,
            Adapters = pulled.Adapters,
            Source = pulled.Source.ToString(),
            AllowsPlainHttp = pulled.Insecure,
            TextBlobs = [.. pulled.Files.Where(static file => file.Role is not (PulledRole.Weights or PulledRole.Projector or PulledRole.Adapter)).Select(static file => file.Digest.Hex).Distinct()],
            ManifestDigest = pulled.ManifestDigest.Hex,
            MadeAt = _library.Time.GetUtcNow(),
        };
        try
        {
            // Parts of a split model lie under names of their own: by this their blobs are found again. Before the model is there: the one that it replaces takes the blobs along that nobody is known to need.
            foreach (var file in pulled.Files.Where(static file => file.Role is PulledRole.Weights or PulledRole.Projector or PulledRole.Adapter))
            {
                _library.Catalog.RecordSha256(file.Path, file.Digest.Hex);
            }

            var result = _library.Put(first, pulled.Name, pulled.Projector is { } projector ? ProjectorChoice.File(projector) : ProjectorChoice.None, profile);
            if (!result.Succeeded)
            {
                return new TransferFailure(TransferFault.Unsupported, result.Failure.Message);
            }

            if (result.Replaced is { } replaced && replaced.RunDigest != result.Model.RunDigest)
            {
                await _replaced(replaced).ConfigureAwait(false);
            }

            return null;
        }
        catch (CatalogException exception)
        {
            return new TransferFailure(TransferFault.Storage, exception.Message);
        }
    }

    private async Task<(ImmutableArray<PushLayer> Layers, TransferFailure? Failure)> LayersAsync(CatalogModel model, CancellationToken cancellation)
    {
        var layers = ImmutableArray.CreateBuilder<PushLayer>();
        try
        {
            foreach (var file in model.Files)
            {
                var role = file.Role switch { FileRole.Projector => PulledRole.Projector, FileRole.Adapter => PulledRole.Adapter, FileRole.Draft => PulledRole.Other, _ => PulledRole.Weights };
                layers.Add(PushLayer.OfFile(MediaTypes.Of(role), await DigestAsync(file, cancellation).ConfigureAwait(false), file.Path));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ([], new TransferFailure(TransferFault.Storage, exception.Message));
        }

        var profile = model.Profile;
        Text(PulledRole.Template, profile.Template);
        Text(PulledRole.System, profile.System);
        foreach (var license in profile.Licenses)
        {
            Text(PulledRole.License, license);
        }

        Text(PulledRole.Parameters, profile.Parameters?.GetRawText());
        Text(PulledRole.Messages, profile.Messages.IsEmpty ? null : LayerDigest.Messages(profile));
        return (layers.ToImmutable(), null);

        void Text(PulledRole role, string? text)
        {
            if (text is not null)
            {
                layers.Add(PushLayer.OfBytes(MediaTypes.Of(role), Encoding.UTF8.GetBytes(text)));
            }
        }
    }

    private async Task<BlobDigest> DigestAsync(CatalogFile file, CancellationToken cancellation)
    {
        if (BlobDigest.OfHex(_library.Catalog.Sha256Of(file)) is { } known)
        {
            return known;
        }

        var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);
        await using var _ = stream.ConfigureAwait(false);
        var read = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
        _library.Catalog.RecordSha256(file, read);
        return BlobDigest.OfHex(read)!;
    }

    private static PushLayer ConfigOf(CatalogModel model, ImmutableArray<PushLayer> layers)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("model_format"u8, "gguf"u8);
            writer.WriteString("model_family"u8, model.Facts.Architecture);
            writer.WriteStartArray("model_families"u8);
            writer.WriteStringValue(model.Facts.Architecture);
            writer.WriteEndArray();
            writer.WriteString("model_type"u8, model.Facts.ParameterSize);
            writer.WriteString("file_type"u8, model.Facts.Quantization);
            writer.WriteString("architecture"u8, "amd64"u8);
            writer.WriteString("os"u8, "linux"u8);
            writer.WriteStartObject("rootfs"u8);
            writer.WriteString("type"u8, "layers"u8);
            writer.WriteStartArray("diff_ids"u8);
            foreach (var layer in layers)
            {
                writer.WriteStringValue(layer.Digest.ToString());
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return PushLayer.OfBytes(MediaTypes.Config, buffer.ToArray());
    }
}
