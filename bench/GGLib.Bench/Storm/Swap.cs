using System.Diagnostics;
using System.Globalization;
using GGLib.Bench.Measuring;

namespace GGLib.Bench.Storm;

/// <summary>What a swap through gglib costs against ending one llama-server and starting another by hand; in turns, so that what else the machine does is the same for both.</summary>
internal sealed class Swap(StormRig rig)
{
    public async Task RunAsync()
    {
        var through = new List<double>();
        var byHand = new List<double>();
        using var gglib = rig.StartGGLib(1);
        using var client = new StormClient(gglib.Port);
        await client.AskAsync(Question(0), CancellationToken.None).ConfigureAwait(false);
        RunningServer? running = null;
        for (var round = 0; round <= 20; round++)
        {
            var began = Stopwatch.GetTimestamp();
            if (await client.AskAsync(Question(round + 1), CancellationToken.None).ConfigureAwait(false) is null && round > 0)
            {
                through.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            began = Stopwatch.GetTimestamp();
            running?.Dispose();
            running = rig.StartEngine(rig.Names[(round + 1) % 2]);
            using var direct = new StormClient(running.Port);
            if (await direct.AskAsync(Question(round + 1), CancellationToken.None).ConfigureAwait(false) is null && round > 0)
            {
                byHand.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        running?.Dispose();
        through.Sort();
        byHand.Sort();
        Report.Line($"""

            ### A swap: one model ends, another starts and answers

            gglib {Text(through[through.Count / 2])} ms ({Text(through[0])}–{Text(through[^1])}, {through.Count} rounds), by hand {Text(byHand[byHand.Count / 2])} ms ({Text(byHand[0])}–{Text(byHand[^1])}, {byHand.Count} rounds); ratio {(through[through.Count / 2] / byHand[byHand.Count / 2]).ToString("F2", CultureInfo.InvariantCulture)}.
            """);
    }

    private Question Question(int round) => new(rig.Names[round % 2], "once upon a time", Way.Completion);

    private static string Text(double value) => value.ToString("F0", CultureInfo.InvariantCulture);
}
