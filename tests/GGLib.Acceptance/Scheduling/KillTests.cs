using System.Diagnostics;
using System.Globalization;
using GGLib.Engine.Launching;

namespace GGLib.Acceptance.Scheduling;

/// <summary>Children killed under load, while they load and while they answer: clients are told in their dialect, and nothing is left behind. <c>GGLIB_SEED</c> repeats a run, <c>GGLIB_KILLS</c> makes it longer.</summary>
[Collection(SchedulingCollection.Name)]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Clients = 8;

    // A child that is not let go costs at least its three pipes; twenty kills are well above what the pool, the collector and the listener add by themselves.
    private const int Slack = 16;

    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("GGLIB_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 20;

    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("GGLIB_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();

    private static readonly string[] Models = [.. ScheduledServer.Writers, ScheduledServer.Embedder];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kills_cost_eight_clients_no_more_than_well_formed_errors()
    {
        output.WriteLine($"GGLIB_SEED={Seed}");
        var chance = new Random(Seed);
        await using var server = await ScheduledServer.StartAsync(new EngineSettings { MaxLoadedModels = 8, ContextLength = 1024, Parallel = 2, Threads = 1 }, Cancellation);
        await EveryModelAnswersAsync(server);
        var (filesBefore, threadsBefore) = Held();

        using var ending = new CancellationTokenSource();
        var seen = 0;
        var clients = Enumerable.Range(0, Clients).Select(number => Task.Run(() => AskAsync(server, new Random(Seed + 1 + number), () => Interlocked.Increment(ref seen), ending.Token))).ToList();

        // A kill before the first byte costs no error, the request is repeated: on a slow machine more kills may have to follow.
        for (var kills = 0; kills < Kills || Volatile.Read(ref seen) == 0;)
        {
            await Task.Delay(chance.Next(250), Cancellation);

            // Most are answering; one that is killed while it loads, three times, is held back, and there would be nobody to kill.
            var victims = chance.Next(5) == 0 ? server.Children.Alive : [.. server.Runners().Where(static runner => runner.ActiveRequests > 0 && runner.ProcessId is not null).Select(static runner => runner.ProcessId!.Value)];
            if (victims.Count > 0 && server.Children.Kill(victims[chance.Next(victims.Count)]))
            {
                kills++;
            }
        }

        await ending.CancelAsync();
        var outcomes = await Task.WhenAll(clients);
        await server.UntilIdleAsync(Cancellation);
        await EveryModelAnswersAsync(server);
        output.WriteLine($"{outcomes.Sum(static outcome => outcome.Answers)} answers, {outcomes.Sum(static outcome => outcome.Errors)} errors, {server.Children.Started.Count} loads");
        Assert.All(outcomes, static outcome => Assert.NotEqual(0, outcome.Answers));
        Assert.NotEqual(0, outcomes.Sum(static outcome => outcome.Errors));

        // One a model, though some have been started many times.
        Assert.True(server.Children.Started.Count > Models.Length);
        await ScheduledServer.UntilAsync(() => server.Children.Alive.Count == Models.Length, "one child a model", Cancellation);
        Assert.Equal(server.Children.Alive.Order(), Models.Select(server.ChildOf).Order());

        // Sockets of clients that have gone are closed a moment later.
        await ScheduledServer.UntilAsync(() => Held() is var (files, threads) && files <= filesBefore + Slack && threads <= threadsBefore + Slack,
            $"no more than {filesBefore} descriptors and {threadsBefore} threads held, or a few more; these are {Held()}", Cancellation);
        output.WriteLine($"(descriptors, threads): {(filesBefore, threadsBefore)} before, {Held()} after");
    }

    private static async Task<(int Answers, int Errors)> AskAsync(ScheduledServer server, Random chance, Action onError, CancellationToken ending)
    {
        using var client = new Client(server.Address);
        var (answers, errors) = (0, 0);

        // Until it has an answer: on a slow machine the kills may be over before.
        while (!ending.IsCancellationRequested || answers == 0)
        {
            var model = Models[chance.Next(Models.Length)];
            var reply = model == ScheduledServer.Embedder
                ? await client.EmbedAsync(model, Cancellation)
                : await Client.Ways[chance.Next(Client.Ways.Count)](client, model, 100, Cancellation);
            if (reply.Error is { } error)
            {
                Assert.NotEqual("", error);
                errors++;
                onError();

                // As a client would; what is refused at once would else be asked a thousand times.
                await Task.Delay(20, Cancellation);
            }
            else
            {
                answers++;
            }
        }

        return (answers, errors);
    }

    /// <summary>One that was killed three times while it loaded is held back for some seconds.</summary>
    private static async Task EveryModelAnswersAsync(ScheduledServer server)
    {
        using var client = new Client(server.Address);
        foreach (var model in Models)
        {
            await Limit.UntilAsync(() => AnswersAsync(model), $"{model} answers", Cancellation);
        }

        async Task<bool> AnswersAsync(string model)
        {
            var error = (model == ScheduledServer.Embedder ? await client.EmbedAsync(model, Cancellation) : await client.GenerateAsync(model, 2, stream: false, cancellation: Cancellation)).Error;
            Assert.True(error is null || error.Contains("is not started again for", StringComparison.Ordinal), error);
            return error is null;
        }
    }

    /// <summary>This process's open descriptors, where the system tells them, and its threads. The server is in this process; no other test runs now.</summary>
    private static (int Files, int Threads) Held()
    {
        using var self = Process.GetCurrentProcess();
        return (OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0, self.Threads.Count);
    }
}
