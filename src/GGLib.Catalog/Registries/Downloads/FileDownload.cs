using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Security.Cryptography;
using System.Threading.Channels;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Registries.Http;
using GGLib.Catalog.Registries.Plans;
using Polly;

namespace GGLib.Catalog.Registries.Downloads;

/// <summary>
/// Fetches one file into the store:
/// 1. waits until nobody else fetches it, and takes up what is there of it;
/// 2. asks for the first missing part alone: its answer tells whether the server has ranges;
/// 3. fetches the others at once, each tried again by itself, while the SHA-256 of the whole follows the bytes without holes;
/// 4. when it is another than announced, fetches the parts that are known to be bad, or, once, everything;
/// 5. makes the file a blob.
/// What an interruption leaves is taken up the next time. One use.
/// </summary>
internal sealed class FileDownload
{
    private const int BufferSize = 128 * 1024;
    private const int MostDigestBytes = 16 << 20;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(250);

    private readonly TransferHttp _http;
    private readonly TransferOptions _options;
    private readonly TimeProvider _time;
    private readonly BlobStore _store;
    private readonly PlannedFile _file;
    private readonly Credentials _credentials;
    private readonly Action<long> _onBytes;
    private readonly ResiliencePipeline<PartOutcome> _retries;
    private readonly Channel<bool> _progress = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // Where redirects led the last time: asking the source again for every part would have it refuse at some point.
    private volatile Uri? _resolved;

    /// <param name="http">Sends the requests.</param>
    /// <param name="options">How.</param>
    /// <param name="time">Waits.</param>
    /// <param name="store">Where to.</param>
    /// <param name="file">What.</param>
    /// <param name="credentials">Who asks.</param>
    /// <param name="onBytes">Gets the count of bytes that are there; called by several tasks at once, and often.</param>
    public FileDownload(TransferHttp http, TransferOptions options, TimeProvider time, BlobStore store, PlannedFile file, Credentials credentials, Action<long> onBytes)
    {
        _http = http;
        _options = options;
        _time = time;
        _store = store;
        _file = file;
        _credentials = credentials;
        _onBytes = onBytes;
        _retries = Retries.Of<PartOutcome>(options, time);
    }

    /// <summary>The blob's digest, or why it is not there.</summary>
    public async Task<(BlobDigest? Digest, TransferFailure? Failure)> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (IsThere(_store, _file))
                {
                    PartialFile.Forget(_store, Key(_file));
                    _onBytes(_file.Size);
                    return (_file.Digest, null);
                }

                if (PartialFile.TryOpen(_store, Key(_file), _file.Size, _file.Validator, IsTold(_file), _options, _time) is not { } partial)
                {
                    _onBytes(PartialFile.DoneOf(_store, Key(_file), _file.Size, _file.Validator));
                    await Task.Delay(LockPause, _time, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                // Whoever had it open may have finished meanwhile.
                if (IsThere(_store, _file))
                {
                    partial.Abandon();
                    continue;
                }

                using (partial)
                {
                    var (digest, failure) = await FillAsync(partial, cancellationToken).ConfigureAwait(false);
                    if (digest is null)
                    {
                        return (null, failure);
                    }

                    partial.Complete(_store, digest);
                    return (digest, null);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, StorageFailure.Of(error, _store.Folder));
        }
    }

    /// <summary>Whether a file need not be fetched. A blob of another size than announced is a broken one.</summary>
    public static bool IsThere(BlobStore store, PlannedFile file) => file.Digest is { } digest && store.SizeOf(digest) == file.Size;

    /// <summary>How many bytes are missing.</summary>
    public static long Missing(BlobStore store, PlannedFile file) => IsThere(store, file) ? 0 : file.Size - (IsTold(file) ? PartialFile.DoneOf(store, Key(file), file.Size, file.Validator) : 0);

    /// <summary>
    /// Whether anything tells this version of a file from another. Where nothing does, what an earlier fetch left may be of another, and two halves of two versions make a file of the right length that is neither.
    /// </summary>
    private static bool IsTold(PlannedFile file) => file.Digest is not null || file.Validator is not null;

    /// <summary>The name of what there is of it: the digest's, or the address's where that is not known.</summary>
    private static string Key(PlannedFile file) =>
        file.Digest?.FileName ?? "url-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Address.AbsoluteUri)));

    private async Task<(BlobDigest? Digest, TransferFailure? Failure)> FillAsync(PartialFile partial, CancellationToken cancellationToken)
    {
        _onBytes(partial.Done);
        var hasRepaired = false;
        var hasBegunAnew = false;
        while (true)
        {
            var (digest, failure) = await FetchAndHashAsync(partial, cancellationToken).ConfigureAwait(false);
            if (failure is not null)
            {
                return (null, failure);
            }

            if (_file.Digest is null || digest == _file.Digest)
            {
                return (digest, null);
            }

            var bad = hasRepaired ? [] : await BadPartsAsync(partial, cancellationToken).ConfigureAwait(false);
            hasRepaired = true;
            if (bad.Count == 0)
            {
                if (hasBegunAnew)
                {
                    partial.Abandon();
                    return (null, new TransferFailure(TransferFault.DigestMismatch, $"digest mismatch, expected \"{_file.Digest}\", got \"{digest}\""));
                }

                hasBegunAnew = true;
                bad = [.. partial.Parts];
            }

            foreach (var part in bad)
            {
                partial.Reset(part);
            }

            partial.SaveNow();
            _onBytes(partial.Done);
        }
    }

    /// <summary>The parts that are not what they should be: as the source says it of stretches of its own, or as the journal says of what was spoilt here.</summary>
    private async Task<List<Part>> BadPartsAsync(PartialFile partial, CancellationToken cancellationToken)
    {
        var bad = new HashSet<Part>();
        foreach (var part in partial.Parts)
        {
            if (part.Sha256 is { } sha256 && await partial.HashAsync(part.Start, part.Length, cancellationToken).ConfigureAwait(false) != sha256)
            {
                bad.Add(part);
            }
        }

        if (bad.Count == 0 && _file.PartDigests is { } address)
        {
            var answer = await _http.GetAsync(address, _credentials, null, MostDigestBytes, cancellationToken).ConfigureAwait(false);
            foreach (var line in Encoding.ASCII.GetString(answer.Body).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var fields = line.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length == 3
                    && BlobDigest.TryParse(fields[0], out var digest)
                    && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                    && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                    && first <= last && last < partial.Size
                    && await partial.HashAsync(first, last - first + 1, cancellationToken).ConfigureAwait(false) != digest.Hex)
                {
                    bad.UnionWith(partial.Parts.Where(part => part.Start <= last && part.Start + part.Length > first));
                }
            }
        }

        return [.. bad];
    }

    /// <summary>Fetches what is missing; the digest of the whole when nothing is any more.</summary>
    private async Task<(BlobDigest? Digest, TransferFailure? Failure)> FetchAndHashAsync(PartialFile partial, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var hashing = Task.Run(() => FollowAsync(partial, stop.Token), CancellationToken.None);
        try
        {
            var failure = await FetchPartsAsync(partial, stop).ConfigureAwait(false);
            return failure is null ? (await hashing.ConfigureAwait(false), null) : (null, failure);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)hashing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // What is whole becomes a blob next, or is begun anew.
            if (partial.Done < partial.Size)
            {
                partial.SaveNow();
            }
        }
    }

    private async Task<TransferFailure?> FetchPartsAsync(PartialFile partial, CancellationTokenSource stop)
    {
        var missing = new Queue<Part>(partial.Parts.Where(static part => !part.IsWhole));
        if (missing.Count == 0)
        {
            return null;
        }

        TransferFailure? failure = null;
        var hasRanges = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var workers = Enumerable.Range(0, Math.Clamp(missing.Count, 1, Math.Max(1, _options.Connections))).Select(number => Task.Run(() => WorkAsync(number), CancellationToken.None)).ToArray();
        try
        {
            await Task.WhenAll(workers).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (failure is not null)
        {
            // The others stopped because one failed.
        }

        return failure;

        async Task WorkAsync(int number)
        {
            try
            {
                if (number > 0 && !await hasRanges.Task.WaitAsync(stop.Token).ConfigureAwait(false))
                {
                    return;
                }

                while (Next() is { } part)
                {
                    if (await FetchPartAsync(partial, part, hasRanges, stop.Token).ConfigureAwait(false) is { } broken)
                    {
                        failure ??= broken;
                        await stop.CancelAsync().ConfigureAwait(false);
                        return;
                    }

                    if (hasRanges.Task.IsCompletedSuccessfully && partial.Parts.Length == 1)
                    {
                        return;
                    }
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // A full disk for instance; the one who awaits all gets it when the others have stopped.
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }

        Part? Next()
        {
            lock (missing)
            {
                return missing.TryDequeue(out var part) ? part : null;
            }
        }
    }

    /// <summary>Fetches a part, or the whole where the server turns out to have no ranges. As long as tries bring bytes there are more of them.</summary>
    private async Task<TransferFailure?> FetchPartAsync(PartialFile partial, Part part, TaskCompletionSource<bool> hasRanges, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = partial.Done;
            var outcome = await _retries.ExecuteAsync(
                async token => await TryPartAsync(partial, partial.Parts.Length == 1 ? partial.Parts[0] : part, hasRanges, token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
            if (outcome.Failure is null || !outcome.MayRetry || partial.Done <= before)
            {
                return outcome.Failure;
            }
        }
    }

    private async Task<PartOutcome> TryPartAsync(PartialFile partial, Part part, TaskCompletionSource<bool> hasRanges, CancellationToken cancellationToken)
    {
        await partial.BeginHashAsync(part, cancellationToken).ConfigureAwait(false);
        var resolved = _resolved;
        using var outcome = await _http.SendAsync(HttpMethod.Get, resolved ?? _file.Address, _credentials, Shape, cancellationToken).ConfigureAwait(false);
        if (outcome.Response is not { } response)
        {
            // An address to which a source redirects is good for a while only.
            _resolved = null;
            return new PartOutcome(outcome.Failure, outcome.MayRetry || resolved is not null, outcome.RetryAfter);
        }

        _resolved = outcome.Address == _file.Address ? null : outcome.Address;
        long skip = 0;
        if (response.StatusCode is HttpStatusCode.PartialContent)
        {
            var range = response.Content.Headers.ContentRange;
            if (range?.Length is { } total && total != partial.Size)
            {
                return Wrong(total);
            }

            if (range?.From != part.Next)
            {
                return new PartOutcome(new(TransferFault.BadAnswer, $"{outcome.Address!.Authority} answered another part of the file than the one that was asked for."), MayRetry: true);
            }

            hasRanges.TrySetResult(true);
        }
        else
        {
            if (response.Content.Headers.ContentLength is { } length && length != partial.Size)
            {
                return Wrong(length);
            }

            // The whole, from its beginning. Only the one who asked first may take it: the others are at work on parts.
            if (hasRanges.Task.IsCompletedSuccessfully && await hasRanges.Task.ConfigureAwait(false))
            {
                return new PartOutcome(new(TransferFault.BadAnswer, $"{outcome.Address!.Authority} answered the whole file where a part was asked for."), MayRetry: true);
            }

            part = partial.Collapse();
            await partial.BeginHashAsync(part, cancellationToken).ConfigureAwait(false);
            hasRanges.TrySetResult(false);
            skip = part.Done;
        }

        return await CopyAsync(partial, part, skip, response, outcome.Address!, cancellationToken).ConfigureAwait(false);

        void Shape(HttpRequestMessage request, CancellationTokenSource watch)
        {
            request.Headers.Range = new RangeHeaderValue(part.Next, part.Start + part.Length - 1);
            if (_file.Validator is { } validator && (validator.StartsWith('"') || !validator.Contains('"', StringComparison.Ordinal)))
            {
                request.Headers.TryAddWithoutValidation("If-Range", validator);
            }
        }

        PartOutcome Wrong(long size) =>
            new(new(TransferFault.BadAnswer, string.Create(CultureInfo.InvariantCulture, $"{outcome.Address!.Authority} says that {_file.Name} has {size} bytes, where {partial.Size} were announced.")));
    }

    private async Task<PartOutcome> CopyAsync(PartialFile partial, Part part, long skip, HttpResponseMessage response, Uri address, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(_options.Stall, _time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var from = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            await using (from.ConfigureAwait(false))
            {
                while (!part.IsWhole)
                {
                    int read;
                    try
                    {
                        // Never more than the part: a server may send more than it was asked for.
                        read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, skip > 0 ? skip : part.Length - part.Done)), patience.Token).ConfigureAwait(false);
                    }
                    catch (Exception error) when (error is IOException or HttpRequestException)
                    {
                        return new PartOutcome(new(TransferFault.Unreachable, $"The connection to {address.Authority} broke off: {error.Message}"), MayRetry: true);
                    }

                    if (read == 0)
                    {
                        return new PartOutcome(new(TransferFault.Unreachable, $"{address.Authority} sent less of {_file.Name} than it had announced."), MayRetry: true);
                    }

                    stall.CancelAfter(_options.Stall);
                    if (skip > 0)
                    {
                        skip -= read;
                        continue;
                    }

                    await partial.WriteAsync(part, buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                    _progress.Writer.TryWrite(true);
                    _onBytes(partial.Done);
                }
            }

            return PartOutcome.Whole;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PartOutcome(new(TransferFault.Unreachable, $"{address.Authority} sent nothing of {_file.Name} for {_options.Stall.TotalSeconds:0} s."), MayRetry: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Hashes what is there without a hole, again and again until that is the whole.</summary>
    private async Task<BlobDigest> FollowAsync(PartialFile partial, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[256 * 1024];
        for (long at = 0; at < partial.Size;)
        {
            var frontier = partial.Frontier;
            if (at == frontier)
            {
                await _progress.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            var read = await partial.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, frontier - at)), at, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException("The partial file is shorter than it was.");
            }

            hash.AppendData(buffer, 0, read);
            at += read;
        }

        return BlobDigest.Of(hash);
    }
}
