using GGLib.Acceptance.Margins;
using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;

namespace GGLib.Acceptance.Scheduling;

/// <summary>Many clients over more models than have room: swaps lose nothing and mix nothing up, and never more is loaded than may be.</summary>
[Collection(SchedulingCollection.Name)]
public sealed class StormTests(ITestOutputHelper output)
{
    private const int Clients = 16;
    private const int Tokens = 8;

    private const int Questions = 24;
    private const int Samples = 10;

    // Enough for one backend, whose numbers depend on nothing but what else is computed with them.
    private const double Certain = 0.05;

    private int _samples;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sixteen_clients_over_four_models_with_room_for_two_get_whole_answers_of_the_right_model()
    {
        var settings = new EngineSettings
        {
            MaxLoadedModels = 2,
            ContextLength = 1024,
            Parallel = 2,
            Threads = 1,

            // Short, so that there are many swaps.
            Patience = TimeSpan.FromMilliseconds(100),
            Turn = TimeSpan.FromSeconds(1),
        };
        await using var server = await ScheduledServer.StartAsync(settings, Cancellation);
        using var client = new Client(server.Address);
        var expected = new Dictionary<(string Model, int Way), string>();
        foreach (var model in ScheduledServer.Writers)
        {
            // No more of a text is compared than the model is sure of: rounding decides what follows.
            var sure = Margin.Certain(await client.MarginsAsync(model, Tokens, Cancellation), Certain);
            output.WriteLine($"{model} is sure of '{sure}'");
            for (var way = 0; way < Client.Ways.Count; way++)
            {
                var reply = await Client.Ways[way](client, model, Tokens, Cancellation);
                Assert.Null(reply.Error);
                expected.Add((model, way), Common(reply.Text!, sure));
            }
        }

        for (var way = 0; way < Client.Ways.Count; way++)
        {
            Assert.Distinct(ScheduledServer.Writers.Select(model => expected[(model, way)]));
        }

        var loadsBefore = server.Children.Started.Count;
        using var watching = new CancellationTokenSource();
        var watch = WatchAsync(server, watching.Token);
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(number => Task.Run(() => AskAsync(number))));
        await server.UntilIdleAsync(Cancellation);
        await watching.CancelAsync();
        var (mostLoaded, mostAlive) = await watch;

        output.WriteLine($"{answers.Sum()} answers, {server.Children.Started.Count - loadsBefore} loads, {_samples} samples, at most {mostLoaded} loaded and {mostAlive} processes");
        Assert.All(answers, static count => Assert.NotEqual(0, count));
        Assert.True(server.Children.Started.Count > loadsBefore, "nothing was swapped");
        Assert.Equal(2, mostLoaded);
        Assert.Equal(2, mostAlive);

        async Task<int> AskAsync(int number)
        {
            var chance = new Random(number);
            var answered = 0;
            for (var asked = 0; asked < Questions || server.Children.Started.Count == loadsBefore || Volatile.Read(ref _samples) < Samples; asked++)
            {
                var model = ScheduledServer.Writers[chance.Next(ScheduledServer.Writers.Length)];
                var way = chance.Next(Client.Ways.Count);
                if (asked % 8 == 7)
                {
                    await GiveUpAsync(model, way, TimeSpan.FromMilliseconds(chance.Next(1, 50)));
                    continue;
                }

                var reply = await Client.Ways[way](client, model, Tokens, Cancellation);
                Assert.Null(reply.Error);
                Assert.StartsWith(expected[(model, way)], reply.Text, StringComparison.Ordinal);
                answered++;
            }

            return answered;
        }

        async Task GiveUpAsync(string model, int way, TimeSpan after)
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            leaving.CancelAfter(after);
            try
            {
                await Client.Ways[way](client, model, Tokens, leaving.Token);
            }
            catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
            {
            }
        }
    }

    private static string Common(string text, string other) =>
        text[..text.Zip(other).TakeWhile(static letters => letters.First == letters.Second).Count()];

    private async Task<(int MostLoaded, int MostAlive)> WatchAsync(ScheduledServer server, CancellationToken cancellation)
    {
        var (mostLoaded, mostAlive) = (0, 0);
        while (!cancellation.IsCancellationRequested)
        {
            mostLoaded = Math.Max(mostLoaded, server.Runners().Count(static runner => runner.Phase is RunnerPhase.Starting or RunnerPhase.Ready));
            mostAlive = Math.Max(mostAlive, server.Children.Alive.Count);
            Interlocked.Increment(ref _samples);
            await Task.Delay(10, CancellationToken.None);
        }

        return (mostLoaded, mostAlive);
    }
}
