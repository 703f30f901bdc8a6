using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Modelfiles;
using GGLib.Catalog.Registries.Downloads;
using GGLib.Catalog.Registries.Http;
using GGLib.Catalog.Registries.Plans;

namespace GGLib.Catalog.Registries.Jobs;

/// <summary>
/// One pull, in Ollama's order:
/// 1. the plan (<c>pulling manifest</c>), and whether the disk has room for it;
/// 2. the files, one after the other, each by many connections (<c>pulling …</c>);
/// 3. their digests, which were computed on the way (<c>verifying sha256 digest</c>);
/// 4. the model as a whole, which the caller stores (<c>writing manifest</c>, <c>success</c>).
/// </summary>
internal sealed class PullWork(BlobStore store, TransferHttp http, TransferOptions options, TimeProvider time, Func<PulledModel, CancellationToken, Task<TransferFailure?>> keep)
{
    // The longest licence there is has some ten thousand bytes.
    private const int MostTextBytes = 16 << 20;

    // Blobs appear one by one and others write too: never fill a disk to its last byte.
    private const long Reserve = 32 << 20;

    public async Task RunAsync(RemoteName name, bool insecure, ProgressLog log, CancellationToken cancellationToken)
    {
        log.Add(new PullProgress("pulling manifest"));
        var (plan, failure) = await PlanAsync(name, insecure, cancellationToken).ConfigureAwait(false);
        failure ??= RoomFailure(plan!);
        if (failure is not null)
        {
            log.Add(PullProgress.Failed(failure));
            return;
        }

        if (plan!.Note is { } note)
        {
            log.Add(new PullProgress(note));
        }

        var digests = new List<BlobDigest>();
        foreach (var file in plan.Files)
        {
            var progress = new FileProgress(log, time, "pulling", file.Digest, file.Name, file.Size);
            var download = new FileDownload(http, options, time, store, file, plan.Credentials, progress.Report);
            var (digest, broken) = await download.FetchAsync(cancellationToken).ConfigureAwait(false);
            if (digest is null)
            {
                log.Add(PullProgress.Failed(broken!.Fault is TransferFault.Unauthorized && plan.Refusal is { } refusal ? broken with { Message = refusal } : broken));
                return;
            }

            digests.Add(digest);
        }

        log.Add(new PullProgress("verifying sha256 digest"));
        try
        {
            var (model, unusable) = await ComposeAsync(name, insecure, plan, digests, log, cancellationToken).ConfigureAwait(false);
            if (model is null)
            {
                log.Add(PullProgress.Failed(unusable!));
                return;
            }

            log.Add(new PullProgress("writing manifest"));
            log.Add(await keep(model, cancellationToken).ConfigureAwait(false) is { } refused ? PullProgress.Failed(refused) : new PullProgress("success") { Model = model });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.Add(PullProgress.Failed(StorageFailure.Of(error, store.Folder)));
        }
    }

    private Task<PlanOutcome> PlanAsync(RemoteName name, bool insecure, CancellationToken cancellationToken) => name switch
    {
        RemoteName.Registry registry => new OllamaRegistrySource(http, options).PlanAsync(registry, insecure, cancellationToken),
        RemoteName.HuggingFace hub => new HuggingFaceSource(http, options).PlanAsync(hub, cancellationToken),
        RemoteName.File file => new FileSource(http).PlanAsync(file, insecure, cancellationToken),
        _ => throw new ArgumentException($"A {name.GetType().Name} cannot be pulled.", nameof(name)),
    };

    private TransferFailure? RoomFailure(PullPlan plan)
    {
        var missing = plan.Files.DistinctBy(static file => file.Digest?.Hex ?? file.Address.AbsoluteUri).Sum(file => FileDownload.Missing(store, file));
        try
        {
            Directory.CreateDirectory(store.Folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return StorageFailure.Of(error, store.Folder);
        }

        return missing > 0 && options.FreeBytes(store.Folder) is { } free && missing + Reserve > free
            ? new TransferFailure(TransferFault.DiskFull, $"Not enough room: {DiskSpace.Text(missing)} are still to be fetched, and the disk with {store.Folder} has {DiskSpace.Text(free)} free.")
            : null;
    }

    private async Task<(PulledModel? Model, TransferFailure? Failure)> ComposeAsync(RemoteName name, bool insecure, PullPlan plan, List<BlobDigest> digests, ProgressLog log, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<PulledRole, List<string>>();
        var files = ImmutableArray.CreateBuilder<PulledFile>();
        for (var index = 0; index < digests.Count; index++)
        {
            var (file, digest) = (plan.Files[index], digests[index]);
            files.Add(new PulledFile(file.Role, file.MediaType, file.Name, digest, file.Size, store.PathOf(digest)));
            if (file.Role is PulledRole.Template or PulledRole.System or PulledRole.Parameters or PulledRole.Messages or PulledRole.License or PulledRole.Config)
            {
                if (file.Size > MostTextBytes)
                {
                    return (null, new TransferFailure(TransferFault.BadAnswer, $"The {file.MediaType} of {name} has {DiskSpace.Text(file.Size)}: that is no text."));
                }

                var text = await File.ReadAllTextAsync(store.PathOf(digest), cancellationToken).ConfigureAwait(false);
                (texts.TryGetValue(file.Role, out var list) ? list : texts[file.Role] = []).Add(text);
            }
        }

        if (plan.TextsAreAuthors)
        {
            PassOver(PulledRole.Template, ModelProfile.TemplateProblemOf);
            PassOver(PulledRole.Parameters, ParametersProblem);
        }

        var manifest = plan.Manifest ?? ManifestText.Of(files);
        var linked = BlobSet.Link(store, files.ToImmutable(), BlobDigest.Of(manifest));
        try
        {
            return (new PulledModel
            {
                Source = name,
                Insecure = insecure,
                Name = name.Model,
                ManifestJson = Encoding.UTF8.GetString(manifest),
                ManifestDigest = BlobDigest.Of(manifest),
                Files = linked,
                Template = Last(PulledRole.Template),
                PrefersTemplate = plan.TextsAreAuthors,
                System = Last(PulledRole.System),
                Licenses = [.. texts.GetValueOrDefault(PulledRole.License) ?? []],
                ParametersJson = ObjectText(Last(PulledRole.Parameters)),
                Messages = Messages(Last(PulledRole.Messages)),
                ConfigJson = Last(PulledRole.Config),
            }, null);
        }
        catch (JsonException error)
        {
            return (null, new TransferFailure(TransferFault.BadAnswer, $"The parameters or messages of {name} are no JSON of their form: {error.Message}"));
        }

        string? Last(PulledRole role) => texts.GetValueOrDefault(role)?[^1];

        void PassOver(PulledRole role, Func<string, string?> problemOf)
        {
            if (Last(role) is { } text && problemOf(text) is { } problem)
            {
                texts.Remove(role);
                log.Add(new PullProgress($"passing over {plan.Files.First(file => file.Role == role).Name}: {problem}"));
            }
        }
    }

    private static string? ParametersProblem(string text)
    {
        try
        {
            return ObjectText(text) is null ? "it is empty" : null;
        }
        catch (JsonException)
        {
            return "it is no JSON object";
        }
    }

    /// <summary>A text, when it is that of a JSON object.</summary>
    private static string? ObjectText(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        using var document = JsonDocument.Parse(text);
        return document.RootElement.ValueKind is JsonValueKind.Object ? text : throw new JsonException("it is not an object");
    }

    private static ImmutableArray<ModelfileMessage> Messages(string? text) =>
        string.IsNullOrWhiteSpace(text)
            ? []
            : [.. (JsonSerializer.Deserialize(text, RegistryJson.Default.OllamaMessageArray) ?? []).Where(static message => message?.Role is not null).Select(static message => new ModelfileMessage(message.Role!, message.Content ?? ""))];
}
