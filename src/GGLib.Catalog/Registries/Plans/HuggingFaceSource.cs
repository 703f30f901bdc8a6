using System.Collections.Immutable;
using System.Text.Json;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Registries.Http;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>
/// Reads repositories of the Hugging Face Hub by its own tree of files, in which split models and projectors appear; the Hub's imitation of Ollama's registry knows neither.
/// </summary>
internal sealed class HuggingFaceSource(TransferHttp http, TransferOptions options)
{
    private const int MostPageBytes = 32 << 20;
    private const int MostPages = 100;
    private const int MostLabelsTold = 30;

    public async Task<PlanOutcome> PlanAsync(RemoteName.HuggingFace name, CancellationToken cancellationToken)
    {
        var hub = options.HuggingFace;
        var credentials = new Credentials(hub, options.HuggingFaceToken);
        var (entries, failure) = await ReadTreeAsync(name, hub, credentials, cancellationToken).ConfigureAwait(false);
        if (failure is not null)
        {
            return new PlanOutcome(null, failure);
        }

        var files = new HubFiles(entries);
        if (files.Models.IsEmpty)
        {
            return PlanOutcome.Failed(TransferFault.Unsupported, $"{name.Owner}/{name.Repository} has no GGUF files: look for a repository whose name ends in GGUF.");
        }

        var model = name.Wanted is null ? files.Best()! : files.Find(name.Wanted);
        if (model is null)
        {
            return PlanOutcome.Failed(TransferFault.NotFound, $"{name.Owner}/{name.Repository} has no {name.Wanted}; it has {Told(files.Labels)}.");
        }

        if (files.PartsOf(model) is not { } parts)
        {
            return PlanOutcome.Failed(TransferFault.BadAnswer, $"{name.Owner}/{name.Repository} lacks parts of {HubFiles.NameOf(model)}.");
        }

        var planned = ImmutableArray.CreateBuilder<PlannedFile>();
        planned.AddRange(parts.Select(part => Plan(PulledRole.Weights, part)));
        if (files.Projector(model) is { } projector)
        {
            planned.Add(Plan(PulledRole.Projector, projector));
        }

        planned.AddRange(files.Texts.Select(text => Plan(text.Role, text.Entry)));
        var label = HubFiles.LabelOf(model);
        var others = files.Labels.Where(other => !other.Equals(label, StringComparison.OrdinalIgnoreCase)).ToList();
        return PlanOutcome.Of(new PullPlan(planned.ToImmutable(), credentials)
        {
            Note = name.Wanted is not null ? null : others.Count == 0 ? $"using {label}, the only one there is" : $"using {label}; also there: {Told(others)}",
            Refusal = Refusal(name, hub),
            TextsAreAuthors = true,
        });

        PlannedFile Plan(PulledRole role, HubEntry entry) => new(
            role,
            HubFiles.NameOf(entry.Path!),
            BlobDigest.OfHex(entry.Lfs?.Oid),
            entry.Lfs?.Size ?? entry.Size,
            new Uri($"{hub.AbsoluteUri.TrimEnd('/')}/{name.Owner}/{name.Repository}/resolve/main/{string.Join('/', entry.Path!.Split('/').Select(Uri.EscapeDataString))}"));
    }

    private async Task<(List<HubEntry> Entries, TransferFailure? Failure)> ReadTreeAsync(RemoteName.HuggingFace name, Uri hub, Credentials credentials, CancellationToken cancellationToken)
    {
        var entries = new List<HubEntry>();
        Uri? page = new($"{hub.AbsoluteUri.TrimEnd('/')}/api/models/{name.Owner}/{name.Repository}/tree/main?recursive=true");
        for (var count = 0; page is not null && count < MostPages; count++)
        {
            var answer = await http.GetAsync(page, credentials, "application/json", MostPageBytes, cancellationToken).ConfigureAwait(false);
            if (answer.Failure is { } failure)
            {
                return ([], answer.Status switch
                {
                    401 or 403 => new TransferFailure(TransferFault.Unauthorized, Refusal(name, hub)),
                    404 => new TransferFailure(TransferFault.NotFound, $"{hub.Authority} has no {name.Owner}/{name.Repository}."),
                    _ => failure,
                });
            }

            try
            {
                entries.AddRange((JsonSerializer.Deserialize(answer.Body, RegistryJson.Default.HubEntryArray) ?? []).Where(static entry => entry is { Size: >= 0 } && entry.Lfs is null or { Size: >= 0 }));
            }
            catch (JsonException)
            {
                return ([], new TransferFailure(TransferFault.BadAnswer, $"{hub.Authority} answered something that is no list of files; a proxy may be in between."));
            }

            page = answer.Next is { } next && credentials.IsSameServer(next) ? next : null;
        }

        return (entries, null);
    }

    /// <summary>The Hub answers the same for what is gated, private, or not there at all.</summary>
    private string Refusal(RemoteName.HuggingFace name, Uri hub) => options.HuggingFaceToken is null
        ? $"{name.Owner}/{name.Repository} is gated, private, or not there. If it is gated, accept its terms at {hub.AbsoluteUri.TrimEnd('/')}/{name.Owner}/{name.Repository} and set {TransferOptions.HuggingFaceTokenVariable} to a token of yours."
        : $"{name.Owner}/{name.Repository} may not be read with the token in {TransferOptions.HuggingFaceTokenVariable}: accept its terms at {hub.AbsoluteUri.TrimEnd('/')}/{name.Owner}/{name.Repository}, or use another token.";

    private static string Told(IEnumerable<string> labels)
    {
        var all = labels.ToList();
        return string.Join(", ", all.Take(MostLabelsTold)) + (all.Count > MostLabelsTold ? ", …" : "");
    }
}
