using System.Collections.Immutable;
using System.Text.Json;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Registries.Http;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>Reads manifests of registries that speak Ollama's protocol, which is the Distribution project's with layers of Ollama's own.</summary>
internal sealed class OllamaRegistrySource(TransferHttp http, TransferOptions options)
{
    private const int MostManifestBytes = 4 << 20;
    private const int MostLayers = 1000;
    private const string Failed = "pull model manifest: ";

    public async Task<PlanOutcome> PlanAsync(RemoteName.Registry name, bool insecure, CancellationToken cancellationToken)
    {
        var registries = RegistryAddress.Of(name, insecure, options, out var failure);
        foreach (var registry in registries)
        {
            var credentials = RegistryAddress.Anonymous(registry);
            var answer = await http.GetAsync(RegistryAddress.Within(registry, name.Model, $"manifests/{Uri.EscapeDataString(name.Model.Tag)}"), credentials, MediaTypes.Manifest, MostManifestBytes, cancellationToken).ConfigureAwait(false);
            if (answer.Failure is null)
            {
                return Read(answer.Body, registry, name, credentials);
            }

            failure = answer.Status is 404
                ? new TransferFailure(TransferFault.NotFound, Failed + "file does not exist")
                : answer.Failure with { Message = Failed + answer.Failure.Message };
            if (answer.Status is not null)
            {
                break;
            }
        }

        return new PlanOutcome(null, failure);
    }

    private static PlanOutcome Read(byte[] body, Uri registry, RemoteName.Registry name, Credentials credentials)
    {
        OllamaManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(body, RegistryJson.Default.OllamaManifest);
        }
        catch (JsonException)
        {
            manifest = null;
        }

        if (manifest?.Layers is not { Length: <= MostLayers } layers)
        {
            return PlanOutcome.Failed(TransferFault.BadAnswer, $"{Failed}{registry.Authority} answered something that is no manifest; a proxy may be in between.");
        }

        var files = ImmutableArray.CreateBuilder<PlannedFile>();
        foreach (var layer in manifest.Config is { Digest.Length: > 0 } config ? layers.Append(config) : layers)
        {
            if (layer is null || layer.Size < 0 || !BlobDigest.TryParse(layer.Digest, out var digest))
            {
                return PlanOutcome.Failed(TransferFault.BadAnswer, $"{Failed}the manifest of {name} has a layer without a right digest and size.");
            }

            if (files.Any(file => file.Digest == digest && file.MediaType == layer.MediaType))
            {
                continue;
            }

            files.Add(new PlannedFile(MediaTypes.RoleOf(layer.MediaType), digest.FileName, digest, layer.Size, RegistryAddress.Within(registry, name.Model, $"blobs/{digest}"))
            {
                MediaType = layer.MediaType ?? "",
                PartDigests = RegistryAddress.Within(registry, name.Model, $"chunksums/{digest}"),
            });
        }

        return files.Any(static file => file.Role is PulledRole.Weights)
            ? PlanOutcome.Of(new PullPlan(files.ToImmutable(), credentials) { Manifest = body })
            : PlanOutcome.Failed(TransferFault.Unsupported, $"{name} has no GGUF model in its manifest: llama.cpp cannot load it.");
    }
}
