using System.Diagnostics;
using System.Globalization;
using GGLib.Bench.Measuring;

namespace GGLib.Bench.Storm;

/// <summary>A client that waits half as long as the load takes, and comes again. The load is real; a wrapper adds the delay.</summary>
internal sealed class Patience(StormRig rig)
{
    public async Task RunAsync()
    {
        var truth = await rig.TruthAsync().ConfigureAwait(false);
        var delay = TimeSpan.FromSeconds(rig.Options.Delay);
        var (program, loads) = rig.SlowEngine(rig.Options.Delay);
        using var gglib = rig.StartGGLib(0, program);
        using var client = new StormClient(gglib.Port, truth);
        var question = new Question(rig.Names[0], truth.Prompts(rig.Names[0])[0], Way.Generate);
        var began = Stopwatch.GetTimestamp();
        using var impatient = new CancellationTokenSource(delay / 2);
        var first = "was answered";
        try
        {
            await client.AskAsync(question, impatient.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            first = $"gave up after {Seconds(Stopwatch.GetElapsedTime(began))}";
        }

        // With what is left of the load and half of the second try's own patience before its end.
        await Task.Delay(delay / 4).ConfigureAwait(false);
        var again = Stopwatch.GetElapsedTime(began);
        using var patient = new CancellationTokenSource(delay / 2);
        string second;
        try
        {
            var fault = await client.AskAsync(question, patient.Token).ConfigureAwait(false);
            second = fault is null ? $"was answered at {Seconds(Stopwatch.GetElapsedTime(began))}" : $"had an error: {fault.Text}";
        }
        catch (OperationCanceledException)
        {
            second = "gave up too";
        }

        Report.Line($"""

            ### A load of {Seconds(delay)} and a client that waits {Seconds(delay / 2)}

            The first try {first}; the second, begun at {Seconds(again)}, {second}. The delay ended at {Seconds(delay)} after the child's start. Children started: {File.ReadAllLines(loads).Length}.
            """);
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture) + " s";
}
