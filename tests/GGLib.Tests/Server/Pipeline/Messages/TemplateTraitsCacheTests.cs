using GGLib.Server.Failures;
using GGLib.Server.Pipeline.Messages;

namespace GGLib.Tests.Server.Pipeline.Messages;

public sealed class TemplateTraitsCacheTests
{
    private static readonly TemplateTraits Strict = new() { AcceptsMidSystem = false };

    private readonly TemplateTraitsCache _cache = new(capacity: 2);
    private int _probes;

    [Fact]
    public async Task A_template_is_probed_once()
    {
        Assert.Null(_cache.Find("a"));
        Assert.Equal((Strict, null), await GetAsync("a"));
        Assert.Equal((Strict, null), await GetAsync("a"));

        Assert.Same(Strict, _cache.Find("a"));
        Assert.Equal(1, _probes);
    }

    [Fact]
    public async Task Concurrent_requests_share_one_probe()
    {
        var gate = new TaskCompletionSource();
        var requests = Enumerable.Range(0, 20).Select(_ => GetAsync("a", gate.Task)).ToList();
        gate.SetResult();

        Assert.All(await Task.WhenAll(requests), static result => Assert.Same(Strict, result.Traits));
        Assert.Equal(1, _probes);
    }

    [Fact]
    public async Task A_failure_goes_to_all_that_wait_and_is_not_remembered()
    {
        var gate = new TaskCompletionSource();
        var lost = new InferenceFailure.ConnectionLost("gone");
        var requests = Enumerable.Range(0, 3).Select(_ => GetAsync("a", gate.Task, lost)).ToList();
        gate.SetResult();

        Assert.All(await Task.WhenAll(requests), result => Assert.Equal((null, lost), result));
        Assert.Equal(1, _probes);
        Assert.Equal((Strict, null), await GetAsync("a"));
        Assert.Equal(2, _probes);
    }

    [Fact]
    public async Task When_the_probing_request_is_cancelled_the_next_one_probes()
    {
        using var cancellation = new CancellationTokenSource();
        var first = GetAsync("a", Task.Delay(Timeout.Infinite, cancellation.Token), cancellation: cancellation.Token);
        var second = GetAsync("a");
        Assert.False(second.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal((Strict, null), await second);
        Assert.Equal(2, _probes);
    }

    [Fact]
    public async Task A_waiting_request_can_be_cancelled_by_itself()
    {
        var gate = new TaskCompletionSource();
        using var cancellation = new CancellationTokenSource();
        var first = GetAsync("a", gate.Task);
        var second = GetAsync("a", cancellation: cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.SetResult();
        Assert.Equal((Strict, null), await first);
        Assert.Equal(1, _probes);
    }

    [Fact]
    public async Task The_template_that_was_not_used_for_longest_is_forgotten()
    {
        await GetAsync("a");
        await GetAsync("b");
        Assert.NotNull(_cache.Find("a"));
        await GetAsync("c");

        Assert.NotNull(_cache.Find("a"));
        Assert.Null(_cache.Find("b"));
        Assert.NotNull(_cache.Find("c"));
    }

    private Task<(TemplateTraits? Traits, InferenceFailure? Failure)> GetAsync(string key, Task? gate = null, InferenceFailure? failure = null, CancellationToken? cancellation = null) =>
        _cache.GetAsync(
            key,
            async token =>
            {
                Interlocked.Increment(ref _probes);
                await (gate ?? Task.CompletedTask);
                return failure is null ? (Strict, null) : (null, failure);
            },
            cancellation ?? TestContext.Current.CancellationToken);
}
