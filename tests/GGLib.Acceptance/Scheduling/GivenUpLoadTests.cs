using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;

namespace GGLib.Acceptance.Scheduling;

/// <summary>Who gives up while a model loads finds it loading, or ready, on the next try.</summary>
[Collection(SchedulingCollection.Name)]
public sealed class GivenUpLoadTests
{
    private const string Model = "demo-chat";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_second_try_is_answered_by_the_load_that_the_first_began()
    {
        await using var server = await ScheduledServer.StartAsync(new EngineSettings { ContextLength = 1024, Parallel = 1, Threads = 1 }, Cancellation);
        using var client = new Client(server.Address);
        server.Children.CloseGate();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var first = client.GenerateAsync(Model, 2, stream: false, cancellation: leaving.Token);
        await ScheduledServer.UntilAsync(() => server.Children.Started.Count == 1, "a start", Cancellation);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await server.UntilIdleAsync(Cancellation);

        var second = client.GenerateAsync(Model, 2, stream: false, cancellation: Cancellation);
        await ScheduledServer.UntilAsync(() => server.Runners() is [{ WaitingRequests: 1 }], "the second waits", Cancellation);
        Assert.Equal(RunnerPhase.Starting, server.Runners().Single().Phase);
        server.Children.OpenGate();

        Assert.Null((await second).Error);
        Assert.Equal([server.ChildOf(Model)], server.Children.Started);
    }
}
