using System.Diagnostics;
using System.Globalization;
using GGLib.Bench.Measuring;

namespace GGLib.Bench.Storm;

/// <summary>gglib itself killed while its children start, load and answer: none outlives it, and the next one finds nothing in its way.</summary>
internal sealed class GGLibKills(StormRig rig)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task RunAsync()
    {
        var truth = await rig.TruthAsync().ConfigureAwait(false);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
#pragma warning disable CA5394 // The same kills each time, as far as time allows.
        var random = new Random(rig.Options.Seed);
        var (orphans, files, unanswered, wrong, whileLoading, whileAnswering, died, slowest) = (0, 0, 0, 0, 0, 0, 0, TimeSpan.Zero);
        for (var round = 0; round <= rig.Options.GGLibKills; round++)
        {
            using var gglib = rig.StartGGLib(0);
            using (var client = new StormClient(gglib.Port, truth))
            {
                var question = new Question(rig.Names[round % rig.Names.Count], truth.Prompts(rig.Names[round % rig.Names.Count])[0], Way.Generate);
                unanswered += await client.AskAsync(question, CancellationToken.None).ConfigureAwait(false) is null ? 0 : 1;
                files += Directory.GetFiles(rig.RunFolder, "*", SearchOption.AllDirectories).Count(file => !Path.GetFileName(file).StartsWith($"{gglib.Server.Id.ToString(CultureInfo.InvariantCulture)}-", StringComparison.Ordinal));

                // The last one only shows that the one before left nothing in its way.
                if (round == rig.Options.GGLibKills)
                {
                    break;
                }

                var clients = new MixedClients(rig, truth, client, 8, rig.Options.Seed + round);
                await Task.Delay(random.Next(1000)).ConfigureAwait(false);
                var status = await ServerStatus.ReadAsync(http, gglib.Port).ConfigureAwait(false);
                whileLoading += status.Models.Values.Any(static model => model.Phase == "starting") ? 1 : 0;
                whileAnswering += status.Models.Values.Any(static model => model.Active > 0) ? 1 : 0;
                died += ChildCounter.Naming(rig.ModelFolder).Length;
                StormRig.Kill(gglib.Server.Id);
                var began = Stopwatch.GetTimestamp();
                int[] left;
                while ((left = ChildCounter.Naming(rig.ModelFolder)).Length > 0 && Stopwatch.GetElapsedTime(began) < Patience)
                {
                    await Task.Delay(5).ConfigureAwait(false);
                }

                orphans += left.Length;
                slowest = Stopwatch.GetElapsedTime(began) is var took && took > slowest ? took : slowest;
                foreach (var child in left)
                {
                    StormRig.Kill(child);
                }

                await clients.EndAsync().ConfigureAwait(false);

                // A connection that breaks is what the client must see; an answer that is whole and not the model's is wrong.
                wrong += clients.Tally.Faults.Count(static fault => fault.Contains(" says '", StringComparison.Ordinal) || fault.Contains(" was asked '", StringComparison.Ordinal));
            }
        }
#pragma warning restore CA5394

        Report.Line($"""

            ### gglib killed under the load of 8 clients, {rig.Options.GGLibKills} times

            {whileLoading} times while a model was loading, {whileAnswering} times while one answered; {died} children had to go with it. {orphans} were left after 2 s (the slowest was gone after {slowest.TotalMilliseconds:F0} ms);
            {wrong} answers were whole and wrong; of {rig.Options.GGLibKills + 1} starts {unanswered} did not answer at once; {files} files of a killed gglib were left after the next one's start.
            """);
    }
}
