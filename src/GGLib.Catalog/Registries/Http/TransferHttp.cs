using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Polly;

namespace GGLib.Catalog.Registries.Http;

/// <summary>
/// Sends requests and makes values of whatever can happen to them: follows redirects without taking a token along, answers a challenge for a token, gives up on a server
/// that says nothing, and reads <c>Retry-After</c>. Thread-safe.
/// </summary>
internal sealed class TransferHttp
{
    private const int MostRedirects = 10;
    private const int MostTokenBytes = 1 << 20;

    private readonly HttpClient _http;
    private readonly TransferOptions _options;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<BodyOutcome> _retries;

    public TransferHttp(HttpClient http, TransferOptions options, TimeProvider time)
    {
        _http = http;
        _options = options;
        _time = time;
        _retries = Retries.Of<BodyOutcome>(options, time);
    }

    /// <summary>One attempt. <paramref name="shape"/> adds to each request, one a redirect.</summary>
    /// <param name="method">The verb; kept over redirects.</param>
    /// <param name="address">Where to.</param>
    /// <param name="credentials">Who asks.</param>
    /// <param name="shape">Adds headers and, for uploads, a body of the attempt's own, which puts off the watch over the server's silence as it is sent.</param>
    /// <param name="cancellationToken">Ends it; the body of the answer is the caller's to watch.</param>
    public async Task<HttpOutcome> SendAsync(HttpMethod method, Uri address, Credentials credentials, Action<HttpRequestMessage, CancellationTokenSource>? shape, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(_options.Stall, _time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        try
        {
            return await FollowAsync(method, address, credentials, shape, stall, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            var hasNoConnection = error.InnerException is TimeoutException && !stall.IsCancellationRequested;
            var what = hasNoConnection ? "cannot be reached: no connection in time" : $"did not answer within {_options.Stall.TotalSeconds:0} s";
            return new HttpOutcome { Failure = new(TransferFault.Unreachable, $"{address.Authority} {what}."), MayRetry = true, HasNoConnection = hasNoConnection };
        }
        catch (HttpRequestException error)
        {
            var what = error.HttpRequestError is HttpRequestError.SecureConnectionError ? TransferFailure.NoHttps : "cannot be reached";
            return new HttpOutcome { Failure = new(TransferFault.Unreachable, $"{address.Authority} {what}: {Cause(error)}"), MayRetry = true, HasNoConnection = error.HttpRequestError is not (HttpRequestError.ResponseEnded or HttpRequestError.Unknown) };
        }
        catch (IOException error)
        {
            return new HttpOutcome { Failure = new(TransferFault.Unreachable, $"The connection to {address.Authority} broke off: {error.Message}"), MayRetry = true };
        }
    }

    /// <summary>Gets a short answer whole, trying again as the options say. A server that cannot be found or refuses the connection is not waited for.</summary>
    public async Task<BodyOutcome> GetAsync(Uri address, Credentials credentials, string? accept, int mostBytes, CancellationToken cancellationToken) =>
        await _retries.ExecuteAsync(async token => await GetOnceAsync(address, credentials, accept, mostBytes, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>What a status other than success means.</summary>
    internal HttpOutcome Refusal(HttpResponseMessage response, Uri address)
    {
        var status = (int)response.StatusCode;
        var retryAfter = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - _time.GetUtcNow() : null;
        var isBusy = status is 408 or 425 or 429 or 500 or 502 or 503 or 504 or (>= 520 and <= 530);
        var (fault, what) = status switch
        {
            401 or 403 => (TransferFault.Unauthorized, "refused"),
            404 or 410 => (TransferFault.NotFound, "has no such thing"),
            429 => (TransferFault.Busy, "was asked too often"),
            _ when isBusy => (TransferFault.Unreachable, "has trouble of its own"),
            _ => (TransferFault.BadAnswer, "refused"),
        };
        return new HttpOutcome
        {
            Failure = new(fault, $"{address.Authority} {what}: it answered {status}."),
            Status = status,
            MayRetry = isBusy && !(retryAfter > _options.MaxBackoff),
            RetryAfter = retryAfter > TimeSpan.Zero ? retryAfter : null,
        };
    }

    private async Task<HttpOutcome> FollowAsync(HttpMethod method, Uri address, Credentials credentials, Action<HttpRequestMessage, CancellationTokenSource>? shape, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        string? linkedEtag = null;
        var hasAskedForToken = false;
        for (var hop = 0; hop <= MostRedirects; hop++)
        {
            using var request = new HttpRequestMessage(method, address);
            shape?.Invoke(request, stall);
            request.Headers.Authorization = credentials.For(address);
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            stall.CancelAfter(_options.Stall);
            linkedEtag ??= response.Headers.TryGetValues("X-Linked-Etag", out var values) ? values.FirstOrDefault() : null;
            if (response.IsSuccessStatusCode)
            {
                return new HttpOutcome { Response = response, Status = (int)response.StatusCode, Address = address, LinkedEtag = linkedEtag };
            }

            using (response)
            {
                if (response.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
                    && response.Headers.Location is { } location)
                {
                    var next = location.IsAbsoluteUri ? location : new Uri(address, location);
                    if (next.Scheme != Uri.UriSchemeHttps && !(next.Scheme == Uri.UriSchemeHttp && credentials.Server.Scheme == Uri.UriSchemeHttp))
                    {
                        return new HttpOutcome { Failure = new(TransferFault.Insecure, $"{address.Authority} redirects to {next.Scheme}://{next.Authority}, which is not HTTPS.") };
                    }

                    address = next;
                    continue;
                }

                if (response.StatusCode is HttpStatusCode.Unauthorized && !hasAskedForToken && credentials.IsSameServer(address) && Challenge.TokenAddress(response.Headers) is { } realm
                    && (realm.Scheme == Uri.UriSchemeHttps || credentials.Server.Scheme == Uri.UriSchemeHttp))
                {
                    hasAskedForToken = true;
                    if (await AskForTokenAsync(realm, cancellationToken).ConfigureAwait(false) is { } token)
                    {
                        credentials.Token = token;
                        continue;
                    }
                }

                return Refusal(response, address);
            }
        }

        return new HttpOutcome { Failure = new(TransferFault.BadAnswer, $"{address.Authority} redirects without end.") };
    }

    /// <summary>A token for anybody; null when the server hands none out.</summary>
    private async Task<string?> AskForTokenAsync(Uri realm, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(realm, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode || await ReadAsync(response, MostTokenBytes, cancellationToken).ConfigureAwait(false) is not { } body)
        {
            return null;
        }

        try
        {
            var answer = JsonSerializer.Deserialize(body, RegistryJson.Default.TokenAnswer);

            // A header may carry no line end, whatever the server hands out.
            var token = answer?.Token ?? answer?.AccessToken;
            return token is { Length: > 0 } && !token.Any(static character => char.IsControl(character) || character > '~') ? token : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<BodyOutcome> GetOnceAsync(Uri address, Credentials credentials, string? accept, int mostBytes, CancellationToken cancellationToken)
    {
        using var outcome = await SendAsync(HttpMethod.Get, address, credentials, accept is null ? null : (request, _) => request.Headers.TryAddWithoutValidation("Accept", accept), cancellationToken).ConfigureAwait(false);
        if (outcome.Response is not { } response)
        {
            return new BodyOutcome([], null, outcome.Failure) { Status = outcome.Status, MayRetry = outcome.MayRetry && !outcome.HasNoConnection, RetryAfter = outcome.RetryAfter };
        }

        using var stall = new CancellationTokenSource(_options.Stall, _time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        try
        {
            return await ReadAsync(response, mostBytes, patience.Token).ConfigureAwait(false) is { } body
                ? new BodyOutcome(body, Next(response, outcome.Address!), null) { Status = outcome.Status }
                : new BodyOutcome([], null, new(TransferFault.BadAnswer, $"{address.Authority} answered more than {DiskSpace.Text(mostBytes)} where a few lines were expected."));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new BodyOutcome([], null, new(TransferFault.Unreachable, $"{address.Authority} did not finish its answer within {_options.Stall.TotalSeconds:0} s.")) { MayRetry = true };
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return new BodyOutcome([], null, new(TransferFault.Unreachable, $"The connection to {address.Authority} broke off: {error.Message}")) { MayRetry = true };
        }
    }

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, int mostBytes, CancellationToken cancellationToken)
    {
        var from = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (from.ConfigureAwait(false))
        {
            using var body = new MemoryStream();
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                body.Write(buffer, 0, read);
                if (body.Length > mostBytes)
                {
                    return null;
                }
            }

            return body.ToArray();
        }
    }

    /// <summary>Where a list goes on, as long as that is the same server.</summary>
    private static Uri? Next(HttpResponseMessage response, Uri address)
    {
        foreach (var link in response.Headers.TryGetValues("Link", out var values) ? values.SelectMany(static value => value.Split(',')) : [])
        {
            var end = link.IndexOf('>', StringComparison.Ordinal);
            var begin = link.IndexOf('<', StringComparison.Ordinal);
            if (begin >= 0 && end > begin && link[end..].Contains("rel=\"next\"", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(address, link[(begin + 1)..end], out var next))
            {
                return next;
            }
        }

        return null;
    }

    private static string Cause(HttpRequestException error)
    {
        var message = error.InnerException is SocketException socket ? socket.Message : error.InnerException?.Message ?? error.Message;
        return message.EndsWith('.') ? message : string.Create(CultureInfo.InvariantCulture, $"{message}.");
    }
}
