using GGLib.Catalog.Blobs;
using GGLib.Catalog.Registries;

namespace GGLib.Tests.Catalog.Registries;

/// <summary>Pulls of models from servers that misbehave, and pulls that are killed.</summary>
public sealed class DownloadTests
{
    private const int Size = 4_000_000;

    private static readonly byte[] Weights = PullBench.Bytes(Size);

    [Fact]
    public async Task Parts_are_fetched_at_once_by_as_many_connections_as_allowed()
    {
        await using var bench = await StartAsync();
        var waiting = 0;
        var together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Registry.Misbehave = request =>
        {
            // The first part alone finds out about ranges.
            if (request is not { IsBlob: true, Start: > 0 })
            {
                return null;
            }

            if (Interlocked.Increment(ref waiting) == 4)
            {
                together.SetResult();
            }

            return new TestFault { Until = together.Task };
        };

        await SucceedsAsync(bench);

        Assert.Equal(Size, bench.Registry.BytesServed - 23);
    }

    [Fact]
    public async Task Connections_that_break_are_taken_up_where_they_were()
    {
        await using var bench = await StartAsync();
        bench.Registry.Misbehave = static request => request is { IsBlob: true, Number: < 12 } ? new TestFault { CutAfter = 100_000 } : null;

        await SucceedsAsync(bench);

        // What was sent into a connection that was then reset may be lost with it, and no more.
        Assert.InRange(bench.Registry.BytesServed, Size, Size * 1.35);
    }

    [Fact]
    public async Task A_server_that_goes_silent_is_asked_again()
    {
        await using var bench = await StartAsync();
        bench.Options = bench.Options with { Stall = TimeSpan.FromSeconds(30) };
        bench.Registry.Misbehave = static request => request is { IsBlob: true, Number: 2 or 5 } ? new TestFault { HangAfter = 50_000 } : null;

        await SucceedsAsync(bench);
    }

    [Theory]
    [InlineData(429, "7", 7)]
    [InlineData(503, "3", 3)]
    [InlineData(500, null, null)]
    [InlineData(504, null, null)]
    public async Task A_busy_server_is_asked_again_when_it_says(int status, string? retryAfter, int? waited)
    {
        await using var bench = await StartAsync();
        bench.Registry.Misbehave = request => request is { IsBlob: true, Number: < 3 } ? new TestFault { Status = status, RetryAfter = retryAfter } : null;

        await SucceedsAsync(bench);

        if (waited is { } seconds)
        {
            Assert.Contains(TimeSpan.FromSeconds(seconds), bench.Time.Asked);
        }
    }

    [Theory]
    [InlineData(404, TransferFault.NotFound, 1)]
    [InlineData(401, TransferFault.Unauthorized, 1)]
    [InlineData(403, TransferFault.Unauthorized, 1)]
    [InlineData(429, TransferFault.Busy, 6)]
    [InlineData(500, TransferFault.Unreachable, 6)]
    public async Task What_stays_wrong_ends_the_pull(int status, TransferFault fault, int tries)
    {
        await using var bench = await StartAsync();
        bench.Registry.Misbehave = request => request.IsBlob ? new TestFault { Status = status } : null;

        var lines = await bench.PullAsync("tiny");

        Assert.Equal(fault, lines[^1].Failure!.Fault);
        Assert.Equal(tries, bench.Registry.Requests.Count(static request => request.IsBlob));
        Assert.Null(bench.Store.Find(BlobDigest.Of(Weights)));
    }

    [Fact]
    public async Task A_server_that_wants_to_be_left_alone_for_an_hour_ends_the_pull()
    {
        await using var bench = await StartAsync();
        bench.Registry.Misbehave = static request => request.IsBlob ? new TestFault { Status = 429, RetryAfter = "3600" } : null;

        Assert.Equal(TransferFault.Busy, (await bench.PullAsync("tiny"))[^1].Failure!.Fault);
        Assert.Single(bench.Registry.Requests, static request => request.IsBlob);
    }

    [Fact]
    public async Task A_server_without_ranges_is_taken_as_it_is()
    {
        await using var bench = await StartAsync();
        bench.Registry.Misbehave = static request => request.IsBlob ? new TestFault { IgnoreRange = true } : null;

        await SucceedsAsync(bench);

        Assert.Equal(Size, bench.Registry.BytesServed - 23);
    }

    [Fact]
    public async Task A_server_without_ranges_that_breaks_off_is_begun_anew_and_its_bytes_are_right()
    {
        await using var bench = await StartAsync();
        bench.Registry.Misbehave = static request => request.IsBlob ? new TestFault { IgnoreRange = true, CutAfter = request.Number < 3 ? 1_000_000 * (request.Number + 1) : null } : null;

        await SucceedsAsync(bench);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_lies_about_the_length_is_not_believed(bool hasRanges)
    {
        await using var bench = await StartAsync();
        bench.Registry.Misbehave = request => request.IsBlob ? new TestFault { ClaimedTotal = Size + 1, IgnoreRange = !hasRanges } : null;

        var failure = (await bench.PullAsync("tiny"))[^1].Failure!;

        Assert.Equal(TransferFault.BadAnswer, failure.Fault);
        Assert.Equal($"{bench.Registry.Host} says that {BlobDigest.Of(Weights).FileName} has 4000001 bytes, where 4000000 were announced.", failure.Message);
    }

    [Fact]
    public async Task A_part_that_was_not_asked_for_is_not_taken()
    {
        await using var bench = await StartAsync();
        bench.Registry.Misbehave = static request => request is { IsBlob: true, Number: 1 or 2 } ? new TestFault { ShiftRange = 5 } : null;

        await SucceedsAsync(bench);
    }

    [Fact]
    public async Task Corrupt_bytes_are_fetched_once_more()
    {
        await using var bench = await StartAsync();
        var hasLied = 0;
        bench.Registry.Misbehave = request => request is { IsBlob: true, Start: <= 2_000_000 and > 1_750_000 } && Interlocked.Exchange(ref hasLied, 1) == 0 ? new TestFault { CorruptAt = request.Start + 10 } : null;

        await SucceedsAsync(bench);

        Assert.Equal(2 * Size, bench.Registry.BytesServed - 23);
    }

    [Fact]
    public async Task Where_the_source_has_digests_of_parts_only_the_bad_part_is_fetched_once_more()
    {
        await using var bench = await StartAsync();
        bench.Registry.ChunksumSize = 100_000;
        var hasLied = 0;
        bench.Registry.Misbehave = request => request is { IsBlob: true, Start: <= 2_000_000 and > 1_750_000 } && Interlocked.Exchange(ref hasLied, 1) == 0 ? new TestFault { CorruptAt = request.Start + 10 } : null;

        await SucceedsAsync(bench);

        Assert.InRange(bench.Registry.BytesServed, Size + 100_000, Size + (3 * (256 << 10)));
    }

    [Fact]
    public async Task Bytes_that_stay_corrupt_are_never_a_blob()
    {
        await using var bench = await StartAsync();
        bench.Registry.Misbehave = static request => request.IsBlob ? new TestFault { CorruptAt = 1_234_567 } : null;

        var failure = (await bench.PullAsync("tiny"))[^1].Failure!;

        Assert.Equal(TransferFault.DigestMismatch, failure.Fault);
        Assert.StartsWith($"digest mismatch, expected \"{BlobDigest.Of(Weights)}\", got \"sha256:", failure.Message, StringComparison.Ordinal);
        Assert.Null(bench.Store.Find(BlobDigest.Of(Weights)));
        Assert.Empty(Directory.GetFiles(bench.Store.Partials));
        Assert.Equal(2 * Size, bench.Registry.BytesServed);
    }

    [Fact]
    public async Task What_the_disk_spoilt_between_two_runs_is_fetched_alone()
    {
        await using var bench = await StartAsync();
        await KillAsync(bench, Size / 2);
        var partial = Assert.Single(Directory.GetFiles(bench.Store.Partials, "*", SearchOption.TopDirectoryOnly), static file => !file.EndsWith(".json", StringComparison.Ordinal));
        await using (var file = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = 1000;
            var was = file.ReadByte();
            file.Position = 1000;
            file.WriteByte((byte)(was ^ 1));
        }

        await SucceedsAsync(bench);

        Assert.InRange(bench.Registry.BytesServed, Size, Size * 1.2);
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written_any_more_ends_the_pull_and_the_next_one_goes_on()
    {
        // Where the system has a file that is always full, the journal is that; elsewhere a folder is in its way.
        await using var bench = await StartAsync();
        Directory.CreateDirectory(bench.Store.Partials);
        var obstacle = Path.Combine(bench.Store.Partials, BlobDigest.Of(Weights).FileName + ".json.new");
        var isFull = File.Exists("/dev/full");
        _ = isFull ? File.CreateSymbolicLink(obstacle, "/dev/full") : Directory.CreateDirectory(obstacle);

        var failure = (await bench.PullAsync("tiny"))[^1].Failure!;

        Assert.Equal(isFull ? TransferFault.DiskFull : TransferFault.Storage, failure.Fault);
        Assert.StartsWith(isFull ? $"The disk with {bench.Store.Folder} is full. What was fetched is kept: free some space and pull again." : $"{bench.Store.Folder} cannot be written: ", failure.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Store.List());
        if (isFull)
        {
            File.Delete(obstacle);
        }
        else
        {
            Directory.Delete(obstacle);
        }

        await SucceedsAsync(bench);
        Assert.Empty(Directory.GetFiles(bench.Store.Partials));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"size":4000000,"parts":[]}""")]
    [InlineData("""{"size":4000000,"parts":[null]}""")]
    [InlineData("""{"size":4000000,"parts":[{"length":4000000,"done":5000000}]}""")]
    [InlineData("""{"size":4000000,"parts":[{"length":9223372036854775807,"done":1},{"length":4000001,"done":1}]}""")]
    [InlineData("""{"size":4000000,"parts":[{"length":9223372036854775807,"done":9223372036854775807},{"length":9223372036854775807,"done":9223372036854775807}]}""")]
    [InlineData("""{"size":4000000,"parts":[{"length":3999999,"done":3999999}]}""")]
    public async Task A_journal_that_makes_no_sense_is_forgotten(string journal)
    {
        await using var bench = await StartAsync();
        Directory.CreateDirectory(bench.Store.Partials);
        var partial = Path.Combine(bench.Store.Partials, BlobDigest.Of(Weights).FileName);
        await File.WriteAllBytesAsync(partial, new byte[Size], Limit.Token);
        await File.WriteAllTextAsync(partial + ".json", journal, Limit.Token);

        await SucceedsAsync(bench);

        Assert.Equal(Size, bench.Registry.BytesServed - 23);
        Assert.Empty(Directory.GetFiles(bench.Store.Partials));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_pull_that_is_killed_at_random_points_loses_little_and_breaks_nothing(int seed)
    {
        // Large beside what may be on the way when the pull is killed: four parts of 128 KiB.
        const int Large = 4 * Size;
        var weights = PullBench.Bytes(Large, seed);
        await using var bench = await StartAsync();
        bench.Registry.AddModel("library/tiny", "latest", ("model", weights));
        var random = new Random(seed);
        await KillAsync(bench, random.Next(Large / 20, Large / 2));
        await KillAsync(bench, random.Next(Large / 2, Large * 9 / 10));

        var last = (await bench.PullAsync("tiny"))[^1];

        Assert.Null(last.Failure);
        Assert.Equal(weights, await File.ReadAllBytesAsync(last.Model!.Weights[0], Limit.Token));
        Assert.InRange(bench.Registry.BytesServed, Large, Large * 1.1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_kill_left_beside_a_file_goes_when_the_file_is_whole(bool wasWhole)
    {
        await using var bench = await StartAsync();
        Directory.CreateDirectory(bench.Store.Partials);
        foreach (var left in (string[])[".json", ".json.new"])
        {
            // The configuration is so short that its journal is never written.
            await File.WriteAllTextAsync(Path.Combine(bench.Store.Partials, BlobDigest.Of("""{"model_format":"gguf"}"""u8).FileName + left), "{", Limit.Token);
            await File.WriteAllTextAsync(Path.Combine(bench.Store.Partials, BlobDigest.Of(Weights).FileName + left), "{", Limit.Token);
        }

        if (wasWhole)
        {
            await File.WriteAllBytesAsync(bench.Store.PathOf(BlobDigest.Of(Weights)), Weights, Limit.Token);
        }

        await SucceedsAsync(bench);

        Assert.Empty(Directory.GetFiles(bench.Store.Partials));
    }

    [Fact]
    public async Task A_file_that_nothing_tells_from_its_next_version_is_begun_anew_after_a_kill()
    {
        // What the Hub does not keep in LFS has no SHA-256 in its list.
        await using var bench = await StartAsync();
        bench.Registry.AddToHub("o/r", "r-Q8_0.gguf", Weights, isLfs: false);
        await KillAsync(bench, Size / 2, "hf.co/o/r");
        bench.Registry.ClearHub("o/r");
        var next = PullBench.Bytes(Size, 2);
        bench.Registry.AddToHub("o/r", "r-Q8_0.gguf", next, isLfs: false);

        var last = (await bench.PullAsync("hf.co/o/r"))[^1];

        Assert.Equal(BlobDigest.Of(next), BlobDigest.Of(await File.ReadAllBytesAsync(last.Model!.Weights[0], Limit.Token)));
    }

    [Fact]
    public async Task A_file_that_another_process_is_fetching_is_waited_for()
    {
        await using var bench = await StartAsync();
        Directory.CreateDirectory(bench.Store.Partials);
        var partial = Path.Combine(bench.Store.Partials, BlobDigest.Of(Weights).FileName);
        Task<List<PullProgress>> pull;
        await using (new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            pull = bench.PullAsync("tiny");
            while (!bench.Time.Asked.Contains(TimeSpan.FromMilliseconds(250)))
            {
                await Task.Delay(5, Limit.Token);
            }

            Assert.DoesNotContain(bench.Registry.Requests, static request => request.IsBlob);
            await File.WriteAllBytesAsync(bench.Store.PathOf(BlobDigest.Of(Weights)), Weights, Limit.Token);
        }

        Assert.Equal("success", (await pull)[^1].Status);
        Assert.Equal(23, bench.Registry.BytesServed);
    }

    private static async Task<PullBench> StartAsync()
    {
        var bench = await PullBench.StartAsync();
        bench.Options = bench.Options with { PartSize = 128 << 10 };
        bench.Registry.AddModel("library/tiny", "latest", ("model", Weights));
        return bench;
    }

    private static async Task SucceedsAsync(PullBench bench)
    {
        var last = (await bench.PullAsync("tiny"))[^1];
        Assert.Null(last.Failure);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(last.Model!.Weights[0], Limit.Token));
    }

    /// <summary>Ends a pull, without a word to the server, when so many bytes were served.</summary>
    private static async Task KillAsync(PullBench bench, long served, string name = "tiny")
    {
        using var kill = CancellationTokenSource.CreateLinkedTokenSource(Limit.Token);
        bench.Registry.Pace = async (total, aborted) =>
        {
            if (total >= served)
            {
                await kill.CancelAsync();
                await Task.Delay(Timeout.Infinite, aborted);
            }
        };
        var jobs = bench.Jobs();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PullBench.PullAsync(jobs, name, cancellationToken: kill.Token));
        await jobs.DisposeAsync();
        bench.Registry.Pace = null;
    }
}
