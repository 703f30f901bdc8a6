using System.Diagnostics;
using GGLib.Bench.Measuring;

namespace GGLib.Bench.Storm;

/// <summary>What writes and what embeds take turns. A batch is the requests that wait for the same model when it is loaded.</summary>
internal sealed class Alternation(StormRig rig)
{
    private const int Requests = 1000;

    public async Task RunAsync()
    {
        Report.Line($"\n### Chat and embeddings in turns, {Requests} requests\n");
        await RunAsync(room: 2, batch: 1).ConfigureAwait(false);
        await RunAsync(room: 2, batch: 10).ConfigureAwait(false);
        await RunAsync(room: 1, batch: 10).ConfigureAwait(false);
    }

    private async Task RunAsync(int room, int batch)
    {
        var truth = await rig.TruthAsync().ConfigureAwait(false);
        var prompts = truth.Prompts(rig.Names[0]);
        using var gglib = rig.StartGGLib(room);
        using var children = new ChildCounter(gglib.Server.Id);
        using var client = new StormClient(gglib.Port, truth);
        var tally = new Tally();
        for (var turn = 0; turn < Requests / batch; turn++)
        {
            var embeds = turn % 2 == 1;
            await Task.WhenAll(Enumerable.Range(0, batch).Select(async number =>
            {
                var began = Stopwatch.GetTimestamp();
                var question = new Question(embeds ? rig.EmbeddingName : rig.Names[0], prompts[(turn + number) % prompts.Count], embeds ? Way.Embedding : Way.Completion);
                tally.Add(await client.AskAsync(question, CancellationToken.None).ConfigureAwait(false), Stopwatch.GetElapsedTime(began));
            })).ConfigureAwait(false);
        }

        var turns = batch == 1 ? $"{Requests} requests one at a time" : $"{Requests / batch} batches of {batch}";
        Report.Line($"* Room for {room}, {turns}: {children.Loads.Count} loads, {tally.Answers} right answers, {tally.Errors} errors, {tally.Malformed} malformed.{Others(children)}");
        foreach (var fault in tally.Faults.Take(6))
        {
            Report.Progress(fault);
        }
    }

    /// <summary>What ran beside the loads.</summary>
    private static string Others(ChildCounter children) =>
        children.Others.Count == 0 ? "" : $" Other children, which loaded nothing: {string.Join("; ", children.Others.Select(static child => $"`{child.Command}`"))}.";
}
