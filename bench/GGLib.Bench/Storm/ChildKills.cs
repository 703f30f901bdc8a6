using System.Diagnostics;
using GGLib.Bench.Measuring;

namespace GGLib.Bench.Storm;

/// <summary>
/// Children killed under load at every moment of their lives. A model that was killed is left alone until it has answered again, so that answers, and not the pauses after crashes, are what is measured.
/// </summary>
internal sealed class ChildKills(StormRig rig)
{
    private const int Clients = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(70);

    private readonly Dictionary<string, long> _killed = [];
    private readonly Dictionary<Moment, int> _moments = Enum.GetValues<Moment>().ToDictionary(static moment => moment, static _ => 0);

    public async Task RunAsync()
    {
        var truth = await rig.TruthAsync().ConfigureAwait(false);
        using var gglib = rig.StartGGLib(0);
        using var children = new ChildCounter(gglib.Server.Id);
        var stuckBefore = await StuckAsync(gglib, truth).ConfigureAwait(false);

        // The same clients first without kills: what serving them takes is no leak.
        using (var client = new StormClient(gglib.Port, truth))
        {
            var clients = new MixedClients(rig, truth, client, Clients, rig.Options.Seed);
            await Task.Delay(3000).ConfigureAwait(false);
            await clients.EndAsync().ConfigureAwait(false);
        }

        await Task.Delay(3000).ConfigureAwait(false);
        var (descriptors, threads) = Holds(gglib.Server.Id);
        var began = Stopwatch.GetTimestamp();
        Tally tally;
        using (var client = new StormClient(gglib.Port, truth))
        {
            var clients = new MixedClients(rig, truth, client, Clients, rig.Options.Seed);
            await KillAsync(gglib.Port, children, clients).ConfigureAwait(false);
            await clients.EndAsync().ConfigureAwait(false);
            tally = clients.Tally;
        }

        var took = Stopwatch.GetElapsedTime(began);
        var stuck = await StuckAsync(gglib, truth).ConfigureAwait(false);
        await Task.Delay(3000).ConfigureAwait(false);
        var (descriptorsAfter, threadsAfter) = Holds(gglib.Server.Id);
        var alive = children.Now.Count;
        gglib.Server.Dispose();
        await Task.Delay(500).ConfigureAwait(false);
        var left = ChildCounter.Naming(rig.ModelFolder).Length;
        string[] files = Directory.GetFiles(rig.RunFolder, "*", SearchOption.AllDirectories);
        foreach (var fault in tally.Faults.Take(8))
        {
            Report.Progress(fault);
        }

        Report.Line($"""

            ### Children killed under the load of {Clients} clients, {rig.Names.Count} models that write and one that embeds

            {_moments.Values.Sum()} kills in {took.TotalSeconds:F0} s ({string.Join(", ", _moments.Select(static pair => $"{pair.Value} {pair.Key}"))}), {children.Loads.Count} loads: {tally.Answers} right answers, {tally.Errors} errors in the API's form, {tally.Malformed} malformed or lost.
            Afterwards {stuck} models stuck ({stuckBefore} before), {alive} children for {rig.Names.Count + 1} models; {left} children and {files.Length} files left in the run folder when gglib had ended.
            gglib's descriptors before and after: {descriptors}, {descriptorsAfter}; threads: {threads}, {threadsAfter}.
            """);
    }

    private async Task KillAsync(int port, ChildCounter children, MixedClients clients)
    {
#pragma warning disable CA5394 // The same kills each time, as far as time allows.
        var random = new Random(rig.Options.Seed);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        while (_moments.Values.Sum() < rig.Options.Kills)
        {
            await Task.Delay(random.Next(200, 1200)).ConfigureAwait(false);
            var status = await ServerStatus.ReadAsync(http, port).ConfigureAwait(false);
            var recovered = status.Models.Where(pair => pair.Value is { Phase: "ready", Process: not null } && clients.Answered(pair.Key) > _killed.GetValueOrDefault(pair.Key)).ToList();
            if (recovered.Count == 0)
            {
                continue;
            }

            switch ((Moment)random.Next(4))
            {
                case Moment.Answering:
                    if (recovered.FirstOrDefault(static pair => pair.Value.Active > 0) is { Key: { } busy } answering)
                    {
                        Kill(busy, answering.Value.Process!.Value, Moment.Answering);
                    }

                    break;
                case Moment.Idle:
                    var rested = recovered[random.Next(recovered.Count)].Key;
                    clients.Resting = rested;
                    var quiet = await UntilAsync(async () => (await ServerStatus.ReadAsync(http, port).ConfigureAwait(false)).Models.GetValueOrDefault(rested) is { Phase: "ready", Active: 0, Process: { } id } ? id : null).ConfigureAwait(false);
                    if (quiet is { } idle)
                    {
                        Kill(rested, idle, Moment.Idle);
                    }

                    clients.Resting = null;
                    break;
                case var moment:
                    // The one that answers goes first: its successor is the one that is meant.
                    var (name, model) = recovered[random.Next(recovered.Count)];
                    Kill(name, model.Process!.Value, model.Active > 0 ? Moment.Answering : Moment.Idle);
                    var next = await UntilAsync(() => Task.FromResult(children.Now.FirstOrDefault(child => child.Model == name && child.Id != model.Process)?.Id)).ConfigureAwait(false);
                    if (next is { } young)
                    {
                        await Task.Delay(moment is Moment.Starting ? 0 : random.Next(5, 120)).ConfigureAwait(false);
                        var state = (await ServerStatus.ReadAsync(http, port).ConfigureAwait(false)).Models.GetValueOrDefault(name);
                        Kill(name, young, state is { Phase: "ready" } ? state.Active > 0 ? Moment.Answering : Moment.Idle : moment);
                    }

                    break;
            }
        }
#pragma warning restore CA5394
    }

    private void Kill(string model, int child, Moment moment)
    {
        StormRig.Kill(child);
        _killed[model] = Stopwatch.GetTimestamp();
        _moments[moment]++;
    }

    private static async Task<int?> UntilAsync(Func<Task<int?>> look)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5); await Task.Delay(1).ConfigureAwait(false))
        {
            if (await look().ConfigureAwait(false) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Models that do not answer rightly for longer than a crash loop is held back.</summary>
    private async Task<int> StuckAsync(RunningServer gglib, Truth truth)
    {
        using var client = new StormClient(gglib.Port, truth);
        var stuck = 0;
        foreach (var name in rig.Names.Append(rig.EmbeddingName))
        {
            var question = new Question(name, truth.Prompts(rig.Names.Contains(name) ? name : rig.Names[0])[0], name == rig.EmbeddingName ? Way.Embedding : Way.Generate);
            var began = Stopwatch.GetTimestamp();
            StormFault? fault;
            while ((fault = await client.AskAsync(question, CancellationToken.None).ConfigureAwait(false)) is not null && Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(200).ConfigureAwait(false);
            }

            stuck += fault is null ? 0 : 1;
        }

        return stuck;
    }

    private static (int Descriptors, int Threads) Holds(int process) =>
        (Directory.GetFileSystemEntries($"/proc/{process}/fd").Length, Directory.GetDirectories($"/proc/{process}/task").Length);
}
