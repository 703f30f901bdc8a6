using GGLib.Catalog.Registries;

namespace GGLib.Tests.Catalog.Registries;

/// <summary>Several who ask for the same thing.</summary>
public sealed class PullJobsTests
{
    private static readonly byte[] Weights = PullBench.Bytes(2_000_000);

    [Fact]
    public async Task All_who_ask_for_the_same_share_one_job_and_hear_it_from_the_beginning()
    {
        await using var bench = await StartAsync();
        var hold = Hold(bench, 500_000, out var reached);
        var stored = 0;
        var jobs = bench.Jobs((_, _) =>
        {
            Interlocked.Increment(ref stored);
            return Task.FromResult<TransferFailure?>(null);
        });
        var first = PullBench.PullAsync(jobs, "tiny");
        await reached.Within();
        var second = PullBench.PullAsync(jobs, "library/tiny:latest");
        var third = PullBench.PullAsync(jobs, "tiny");
        Assert.Single(jobs.Running);
        hold.SetResult();

        foreach (var lines in await Task.WhenAll(first, second, third).Within())
        {
            Assert.Equal("pulling manifest", lines[0].Status);
            Assert.Equal("success", lines[^1].Status);
            Assert.Single(lines, static line => line.Status == "writing manifest");
        }

        Assert.Equal(1, stored);
        Assert.Equal(Weights.Length + 23, bench.Registry.BytesServed);
        Assert.Empty(jobs.Running);
    }

    [Fact]
    public async Task The_job_goes_on_while_somebody_listens()
    {
        await using var bench = await StartAsync();
        var hold = Hold(bench, 500_000, out var reached);
        var jobs = bench.Jobs();
        using var leave = new CancellationTokenSource();
        var leaving = PullBench.PullAsync(jobs, "tiny", cancellationToken: leave.Token);
        await reached.Within();
        var staying = PullBench.PullAsync(jobs, "tiny");
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.Within());
        Assert.Single(jobs.Running);
        hold.SetResult();

        Assert.Equal("success", (await staying.Within())[^1].Status);
        Assert.Equal(Weights.Length + 23, bench.Registry.BytesServed);
    }

    [Fact]
    public async Task The_job_stops_when_the_last_one_leaves_and_the_next_one_goes_on_from_there()
    {
        await using var bench = await StartAsync();
        var hold = Hold(bench, 1_500_000, out var reached);
        var jobs = bench.Jobs();
        using var leave = new CancellationTokenSource();
        var leaving = PullBench.PullAsync(jobs, "tiny", cancellationToken: leave.Token);
        await reached.Within();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.Within());
        Assert.Empty(jobs.Running);
        hold.SetResult();

        var lines = await PullBench.PullAsync(jobs, "tiny").Within();

        Assert.Equal("success", lines[^1].Status);
        Assert.InRange(bench.Registry.BytesServed, Weights.Length, Weights.Length * 1.2);
    }

    [Fact]
    public async Task Disposing_ends_every_pull_with_a_sentence()
    {
        await using var bench = await StartAsync();
        Hold(bench, 500_000, out var reached);
        var jobs = bench.Jobs();
        var pull = PullBench.PullAsync(jobs, "tiny");
        await reached.Within();

        await jobs.DisposeAsync().AsTask().Within();

        Assert.Equal("The pull was stopped. What was fetched is kept: pull again to go on.", (await pull.Within())[^1].Failure!.Message);
    }

    [Fact]
    public async Task Two_models_with_the_same_file_may_be_pulled_at_once()
    {
        // Small files: what happens when one has just finished is what is tested.
        await using var bench = await StartAsync();
        for (var round = 0; round < 40; round++)
        {
            var weights = PullBench.Bytes(1000, round);
            bench.Registry.AddModel("library/tiny", "latest", ("model", weights));
            bench.Registry.AddModel("library/twin", "latest", ("model", weights));
            var served = bench.Registry.BytesServed;

            var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => PullBench.PullAsync(bench.Jobs(), number % 2 == 0 ? "tiny" : "twin"))).Within();

            Assert.All(both, static lines => Assert.Null(lines[^1].Failure));
            Assert.Equal(weights, await File.ReadAllBytesAsync(both[0][^1].Model!.Weights[0], Limit.Token));
            Assert.InRange(bench.Registry.BytesServed - served, weights.Length, weights.Length + 23);
        }
    }

    private static async Task<PullBench> StartAsync()
    {
        var bench = await PullBench.StartAsync();
        bench.Options = bench.Options with { PartSize = 64 << 10 };
        bench.Registry.AddModel("library/tiny", "latest", ("model", Weights));
        return bench;
    }

    /// <summary>Holds the server once so many bytes are served, until the result is set.</summary>
    private static TaskCompletionSource Hold(PullBench bench, long served, out Task reached)
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var there = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reached = there.Task;
        bench.Registry.Pace = async (total, aborted) =>
        {
            if (total >= served)
            {
                there.TrySetResult();
                await hold.Task.WaitAsync(aborted);
            }
        };
        return hold;
    }
}
