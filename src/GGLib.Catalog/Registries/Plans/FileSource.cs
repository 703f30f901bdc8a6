using System.Net.Http.Headers;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Registries.Http;

namespace GGLib.Catalog.Registries.Plans;

/// <summary>Finds out what there is to know of one file at an address before it is fetched.</summary>
internal sealed class FileSource(TransferHttp http)
{
    public async Task<PlanOutcome> PlanAsync(RemoteName.File name, bool insecure, CancellationToken cancellationToken)
    {
        if (name.Address.Scheme != Uri.UriSchemeHttps && !insecure)
        {
            return PlanOutcome.Failed(TransferFault.Insecure, "insecure protocol http");
        }

        var credentials = new Credentials(name.Address);
        using var head = await http.SendAsync(HttpMethod.Head, name.Address, credentials, null, cancellationToken).ConfigureAwait(false);
        if (head.Response?.Content.Headers.ContentLength is { } length)
        {
            return Plan(name, credentials, head, length);
        }

        // Signed addresses are good for GET alone, and some servers have no HEAD: ask for one byte, whose range tells the length.
        using var first = await http.SendAsync(HttpMethod.Get, name.Address, credentials, static (request, _) => request.Headers.Range = new RangeHeaderValue(0, 0), cancellationToken).ConfigureAwait(false);
        if (first.Failure is { } failure)
        {
            return new PlanOutcome(null, failure.Fault is TransferFault.NotFound ? new TransferFailure(TransferFault.NotFound, $"There is nothing at {name}.") : failure);
        }

        var headers = first.Response!.Content.Headers;
        return headers.ContentRange?.Length is { } total ? Plan(name, credentials, first, total)
            : first.Status is 200 && headers.ContentLength is { } whole ? Plan(name, credentials, first, whole)
            : PlanOutcome.Failed(TransferFault.BadAnswer, $"{name.Address.Authority} does not say how long {name} is.");
    }

    private static PlanOutcome Plan(RemoteName.File name, Credentials credentials, HttpOutcome outcome, long size)
    {
        var etag = outcome.Response!.Headers.ETag;
        var digest = BlobDigest.OfHex(outcome.LinkedEtag?.Trim('"')) ?? BlobDigest.OfHex(etag?.Tag.Trim('"'));
        return PlanOutcome.Of(new PullPlan([
            new PlannedFile(PulledRole.Weights, HubFiles.NameOf(Uri.UnescapeDataString(name.Address.AbsolutePath)), digest, size, name.Address)
            {
                Validator = digest is not null ? null
                    : etag is { IsWeak: false } ? etag.Tag
                    : outcome.Response.Content.Headers.LastModified?.ToString("R"),
            },
        ], credentials));
    }
}
