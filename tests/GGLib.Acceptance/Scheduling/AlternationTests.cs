using GGLib.Engine.Launching;

namespace GGLib.Acceptance.Scheduling;

/// <summary>What writes and what embeds take turns: beside each other where there is room, in batches where there is not.</summary>
[Collection(SchedulingCollection.Name)]
public sealed class AlternationTests(ITestOutputHelper output)
{
    private const string Writer = "demo-chat";

    private static readonly EngineSettings Settings = new() { ContextLength = 1024, Parallel = 2, Threads = 1 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_room_for_both_each_is_loaded_once()
    {
        await using var server = await ScheduledServer.StartAsync(Settings with { MaxLoadedModels = 2 }, Cancellation);
        using var client = new Client(server.Address);
        for (var round = 0; round < 100; round++)
        {
            await AnswersAsync(client, embeds: false);
            await AnswersAsync(client, embeds: true);
        }

        Assert.Equal(2, server.Children.Started.Count);
        Assert.Equal(server.Children.Started.Order(), new[] { server.ChildOf(Writer), server.ChildOf(ScheduledServer.Embedder) }.Order());
    }

    [Fact]
    public async Task With_room_for_one_a_batch_costs_at_most_one_load()
    {
        const int Batches = 10;
        await using var server = await ScheduledServer.StartAsync(Settings with { MaxLoadedModels = 1 }, Cancellation);
        using var client = new Client(server.Address);
        for (var batch = 0; batch < Batches; batch++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AnswersAsync(client, embeds: batch % 2 == 1)));
        }

        Assert.InRange(server.Children.Started.Count, 2, Batches);
        Assert.Single(server.Children.Alive);
    }

    [Fact]
    public async Task With_room_for_one_requests_that_come_all_at_once_are_served_in_few_batches()
    {
        await using var server = await ScheduledServer.StartAsync(Settings with { MaxLoadedModels = 1 }, Cancellation);
        using var client = new Client(server.Address);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(number => AnswersAsync(client, embeds: number % 2 == 1)));

        // A load a model, and a few more when some come so late that they miss their model's turn.
        output.WriteLine($"{server.Children.Started.Count} loads");
        Assert.InRange(server.Children.Started.Count, 2, 10);
    }

    private static async Task AnswersAsync(Client client, bool embeds)
    {
        var reply = embeds ? await client.EmbedAsync(ScheduledServer.Embedder, Cancellation) : await client.GenerateAsync(Writer, 2, stream: false, cancellation: Cancellation);
        Assert.Null(reply.Error);
    }
}
