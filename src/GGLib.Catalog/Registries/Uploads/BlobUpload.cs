using System.Globalization;
using System.Net.Http.Headers;
using GGLib.Catalog.Registries.Downloads;
using GGLib.Catalog.Registries.Http;
using Polly;

namespace GGLib.Catalog.Registries.Uploads;

/// <summary>
/// Sends one blob, in pieces, as the Distribution project's specification has it: HEAD asks whether it is there, POST begins, PATCH sends a piece, PUT ends with the digest.
/// After a broken piece the registry is asked how far it got. One use.
/// </summary>
internal sealed class BlobUpload
{
    private readonly TransferHttp _http;
    private readonly TransferOptions _options;
    private readonly PushLayer _layer;
    private readonly Uri _blobs;
    private readonly Credentials _credentials;
    private readonly Action<long> _onBytes;
    private readonly ResiliencePipeline<PartOutcome> _retries;
    private Uri? _session;
    private long _sent;

    /// <param name="http">Sends the requests.</param>
    /// <param name="options">How.</param>
    /// <param name="time">Waits.</param>
    /// <param name="layer">What.</param>
    /// <param name="blobs">The model's blobs at the registry, with a slash at the end.</param>
    /// <param name="credentials">Who sends.</param>
    /// <param name="onBytes">Gets the count of bytes that were sent.</param>
    public BlobUpload(TransferHttp http, TransferOptions options, TimeProvider time, PushLayer layer, Uri blobs, Credentials credentials, Action<long> onBytes)
    {
        _http = http;
        _options = options;
        _layer = layer;
        _blobs = blobs;
        _credentials = credentials;
        _onBytes = onBytes;
        _retries = Retries.Of<PartOutcome>(options, time);
    }

    /// <summary>Null when the registry has it, else why not.</summary>
    public async Task<TransferFailure?> SendAsync(CancellationToken cancellationToken)
    {
        var isThere = false;
        var asked = await _retries.ExecuteAsync(
            async token =>
            {
                using var head = await _http.SendAsync(HttpMethod.Head, new Uri(_blobs.AbsoluteUri + _layer.Digest), _credentials, null, token).ConfigureAwait(false);
                isThere = head.Failure is null;
                return head.Status is 404 ? PartOutcome.Whole : new PartOutcome(head.Failure, head.MayRetry && !head.HasNoConnection, head.RetryAfter);
            },
            cancellationToken).ConfigureAwait(false);
        if (isThere)
        {
            _onBytes(_layer.SizeBytes);
            return null;
        }

        if (asked.Failure is not null)
        {
            return asked.Failure;
        }

        while (true)
        {
            var before = _sent;
            var outcome = await _retries.ExecuteAsync(async token => await TrySendAsync(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            if (outcome.Failure is null || !outcome.MayRetry || _sent <= before)
            {
                return outcome.Failure;
            }
        }
    }

    private async Task<PartOutcome> TrySendAsync(CancellationToken cancellationToken)
    {
        if (await BeginAsync(cancellationToken).ConfigureAwait(false) is { } refused)
        {
            return refused;
        }

        _onBytes(_sent);
        Stream from;
        try
        {
            from = _layer.Open();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new PartOutcome(new(TransferFault.Storage, $"{_layer.Path} cannot be read: {error.Message}"));
        }

        await using (from.ConfigureAwait(false))
        {
            from.Position = _sent;
            while (_sent < _layer.SizeBytes)
            {
                var length = Math.Min(_options.PartSize, _layer.SizeBytes - _sent);
                using var patched = await SendAsync(HttpMethod.Patch, _session!, from, length, cancellationToken).ConfigureAwait(false);
                if (patched.Response is null)
                {
                    return new PartOutcome(patched.Failure, patched.MayRetry, patched.RetryAfter);
                }

                _sent += length;
                _session = Location(patched) ?? _session;
            }
        }

        var end = new UriBuilder(_session!);
        end.Query = (end.Query.Length > 1 ? end.Query[1..] + "&" : "") + "digest=" + Uri.EscapeDataString(_layer.Digest.ToString());
        using var put = await SendAsync(HttpMethod.Put, end.Uri, Stream.Null, 0, cancellationToken).ConfigureAwait(false);
        return put.Status is 400
            ? new PartOutcome(new(TransferFault.DigestMismatch, $"{_blobs.Authority} got other bytes than those of {_layer.Digest}."))
            : new PartOutcome(put.Failure, put.MayRetry, put.RetryAfter);
    }

    /// <summary>Begins an upload, or asks how far the one under way is.</summary>
    private async Task<PartOutcome?> BeginAsync(CancellationToken cancellationToken)
    {
        if (_session is not null)
        {
            using var status = await _http.SendAsync(HttpMethod.Get, _session, _credentials, null, cancellationToken).ConfigureAwait(false);
            if (status.Response is { } response && response.Headers.TryGetValues("Range", out var ranges) && ranges.FirstOrDefault()?.Split('-') is [_, var last]
                && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < _layer.SizeBytes)
            {
                // An empty upload and one of a single byte both read 0-0: sent as empty, the second is refused and begun anew.
                _sent = at == 0 ? 0 : at + 1;
                _session = Location(status) ?? _session;
                return null;
            }
        }

        _sent = 0;
        _session = null;
        using var begun = await _http.SendAsync(HttpMethod.Post, new Uri(_blobs.AbsoluteUri + "uploads/"), _credentials, static (request, _) => request.Content = new ByteArrayContent([]), cancellationToken).ConfigureAwait(false);
        if (begun.Response is null)
        {
            return new PartOutcome(begun.Failure, begun.MayRetry && !begun.HasNoConnection, begun.RetryAfter);
        }

        _session = Location(begun);
        return _session is null ? new PartOutcome(new(TransferFault.BadAnswer, $"{_blobs.Authority} does not say where to send {_layer.Digest}.")) : null;
    }

    private async Task<HttpOutcome> SendAsync(HttpMethod method, Uri address, Stream from, long length, CancellationToken cancellationToken)
    {
        var began = _sent;
        return await _http.SendAsync(method, address, _credentials, Shape, cancellationToken).ConfigureAwait(false);

        void Shape(HttpRequestMessage request, CancellationTokenSource watch)
        {
            // Asked for twice when the registry redirects or wants a token first.
            from.Position = Math.Min(began, from.Length);
            request.Content = new StretchContent(from, length, sent => _onBytes(began + sent), watch, _options.Stall);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            if (length > 0)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{began}-{began + length - 1}"));
            }
        }
    }

    private Uri? Location(HttpOutcome outcome) =>
        outcome.Response?.Headers.Location is { } location && Uri.TryCreate(outcome.Address ?? _blobs, location, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && _blobs.Scheme == Uri.UriSchemeHttp))
            ? address
            : null;
}
