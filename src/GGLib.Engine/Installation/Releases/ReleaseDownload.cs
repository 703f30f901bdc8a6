using System.Security.Cryptography;

namespace GGLib.Engine.Installation.Releases;

/// <summary>Fetches one file of a release and checks it against the digest that the release API gave.</summary>
internal static class ReleaseDownload
{
    private const string DigestPrefix = "sha256:";
    private const int BufferSize = 128 * 1024;

    /// <summary>
    /// Null when the file is there and right, else one sentence with the reason. Gives up when nothing comes for
    /// <paramref name="stall"/>; <paramref name="onBytes"/> gets the count of bytes that have come so far.
    /// </summary>
    public static async Task<string?> FetchAsync(HttpClient http, ReleaseAsset asset, string file, TimeSpan stall, Action<long> onBytes, CancellationToken cancellationToken)
    {
        if (asset.Digest is not { } digest || !digest.StartsWith(DigestPrefix, StringComparison.OrdinalIgnoreCase) || digest.Length != DigestPrefix.Length + 64)
        {
            return $"{asset.Name} has no SHA-256 digest to check it against.";
        }

        if (!Uri.TryCreate(asset.Url, UriKind.Absolute, out var address) || !ReleaseAddress.IsAllowed(address))
        {
            return $"{asset.Name} is not offered over HTTPS.";
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(stall);
        try
        {
            using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                return $"{address.Host} answered {(int)answer.StatusCode} for {asset.Name}.";
            }

            await using var from = await answer.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            var found = await CopyAsync(from, file, stall, patience, onBytes).ConfigureAwait(false);
            return found.Equals(digest[DigestPrefix.Length..], StringComparison.OrdinalIgnoreCase)
                ? null
                : $"{asset.Name} is damaged or was tampered with: its SHA-256 is {found}, not {digest[DigestPrefix.Length..].ToLowerInvariant()}.";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{address.Host} sent nothing of {asset.Name} for {stall.TotalSeconds:0} s.";
        }
        catch (HttpRequestException error)
        {
            return $"{asset.Name} could not be fetched: {error.InnerException?.Message ?? error.Message}";
        }
        catch (HttpIOException error)
        {
            return $"The download of {asset.Name} broke off: {error.Message}";
        }
    }

    private static async Task<string> CopyAsync(Stream from, string file, TimeSpan stall, CancellationTokenSource patience, Action<long> onBytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var to = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        var buffer = new byte[BufferSize];
        long done = 0;
        int read;
        while ((read = await ReadAsync(from, buffer, patience.Token).ConfigureAwait(false)) > 0)
        {
            patience.CancelAfter(stall);
            hash.AppendData(buffer.AsSpan(0, read));
            await to.WriteAsync(buffer.AsMemory(0, read), patience.Token).ConfigureAwait(false);
            done += read;
            onBytes(done);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A connection that is reset and a disk that is full are both I/O errors; they need different words.</summary>
    private static async Task<int> ReadAsync(Stream from, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error) when (error is not HttpIOException)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, error.Message, error);
        }
    }
}
