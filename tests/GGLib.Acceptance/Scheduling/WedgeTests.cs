using GGLib.Engine.Launching;

namespace GGLib.Acceptance.Scheduling;

/// <summary>A child that is alive and does nothing is replaced, whatever it was stopped in the middle of.</summary>
[Collection(SchedulingCollection.Name)]
public sealed class WedgeTests
{
    // Its weights are random: it never says that it has ended.
    private const string Model = "tiny-random";

    // More than the child computes before it is stopped.
    private const int Endless = 3000;

    private static readonly EngineSettings Settings = new()
    {
        ContextLength = 4096,
        Parallel = 2,
        Threads = 1,
        StallTimeout = TimeSpan.FromSeconds(1),
        StopGrace = TimeSpan.FromMilliseconds(300),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_the_middle_of_two_streams()
    {
        await using var server = await ScheduledServer.StartAsync(Settings, Cancellation);
        using var client = new Client(server.Address);
        var stopped = await LoadAsync(server, client);

        // The second to see its first line stops the child of both.
        var begun = 0;
        Task StopAsync() => Interlocked.Increment(ref begun) == 2 ? Children.StopAsync(stopped, Cancellation) : Task.CompletedTask;
        var replies = await Task.WhenAll(
            client.GenerateAsync(Model, Endless, stream: true, StopAsync, Cancellation),
            client.CompleteAsync(Model, Endless, stream: true, StopAsync, Cancellation));

        await AssertReplacedAsync(server, client, stopped, replies);
    }

    [Fact]
    public async Task Before_two_answers()
    {
        await using var server = await ScheduledServer.StartAsync(Settings, Cancellation);
        using var client = new Client(server.Address);
        var stopped = await LoadAsync(server, client);

        await Children.StopAsync(stopped, Cancellation);
        var replies = await Task.WhenAll(
            client.GenerateAsync(Model, 2, stream: false, cancellation: Cancellation),
            client.CompleteAsync(Model, 2, stream: false, cancellation: Cancellation));

        await AssertReplacedAsync(server, client, stopped, replies);
    }

    private static async Task<int> LoadAsync(ScheduledServer server, Client client)
    {
        Assert.Null((await client.GenerateAsync(Model, 2, stream: false, cancellation: Cancellation)).Error);
        return server.ChildOf(Model);
    }

    private static async Task AssertReplacedAsync(ScheduledServer server, Client client, int stopped, Reply[] replies)
    {
        Assert.All(replies, static reply => Assert.Contains("llama-server has done nothing for", reply.Error, StringComparison.Ordinal));
        Assert.Null((await client.GenerateAsync(Model, 2, stream: false, cancellation: Cancellation)).Error);
        Assert.NotEqual(stopped, server.ChildOf(Model));
        Assert.Equal([stopped, server.ChildOf(Model)], server.Children.Started);
        Assert.False(server.Children.IsAlive(stopped));
    }
}
