using System.Diagnostics;
using System.Globalization;
using GGLib.Bench.Measuring;

namespace GGLib.Bench.Storm;

/// <summary>
/// Many clients over four models with room for two: gglib and llama-server's router in turns, so that a noisy minute of the machine meets both. Both servers run all the time; the one whose turn it is not
/// keeps its two models and has nothing to do.
/// </summary>
internal sealed class SliceStorm(StormRig rig)
{
    public async Task RunAsync()
    {
        var options = rig.Options;
        var truth = await rig.TruthAsync().ConfigureAwait(false);
        using var gglib = new Side("gglib", rig.StartGGLib(2), truth);
        using var router = new Side("llama-server's router", rig.StartRouter(), truth);
        for (var (left, slice) = (options.Seconds, 0); left > 0; left -= options.Slice, slice++)
        {
            // Each is the first in turns.
            foreach (var side in slice % 2 == 0 ? (Side[])[gglib, router] : [router, gglib])
            {
                await side.RunAsync(rig.Names, options.Clients, TimeSpan.FromSeconds(Math.Min(left, options.Slice)), options.Seed + slice).ConfigureAwait(false);
                Report.Progress($"{side.Name}, {left} s left: {side.Tally.Answers} answers, {side.Tally.Errors} errors, {side.Tally.Malformed} malformed");
            }
        }

        Report.Table(
            $"{options.Clients} clients, {rig.Names.Count} models, room for two, {options.Seconds} s in turns of {options.Slice} s; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the end",
            ["Server", "answers", "errors", "malformed or lost", "answers/s", "loads", "most at once", "loads per answer", "wait p50, ms", "p99", "most"],
            ((Side[])[gglib, router]).Select(static side => side.Row()));
    }

    private sealed class Side(string name, RunningServer server, Truth truth) : IDisposable
    {
        private readonly ChildCounter _children = new(server.Server.Id);
        private readonly StormClient _client = new(server.Port, truth);
        private TimeSpan _time;

        public string Name => name;

        public Tally Tally { get; } = new();

        public async Task RunAsync(IReadOnlyList<string> models, int clients, TimeSpan slice, int seed)
        {
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, clients).Select(index => Task.Run(async () =>
            {
#pragma warning disable CA5394 // The same storm for both.
                var random = new Random(seed * 1000 + index);
                while (Stopwatch.GetElapsedTime(start) < slice)
                {
                    var model = models[random.Next(models.Count)];
                    var prompts = truth.Prompts(model);
                    var question = new Question(model, prompts[random.Next(prompts.Count)], index % 2 == 0 ? Way.Completion : Way.CompletionStream);
#pragma warning restore CA5394
                    var began = Stopwatch.GetTimestamp();

                    // A request that has begun is waited for: one that never ends is lost.
                    var fault = await _client.AskAsync(question, CancellationToken.None).ConfigureAwait(false);
                    Tally.Add(fault, Stopwatch.GetElapsedTime(began));
                    if (fault is not null)
                    {
                        await Task.Delay(200).ConfigureAwait(false);
                    }
                }
            }))).ConfigureAwait(false);
            _time += Stopwatch.GetElapsedTime(start);
        }

        public string[] Row()
        {
            foreach (var fault in Tally.Faults.Take(6))
            {
                Report.Progress($"{name}: {fault}");
            }

            return [.. ((FormattableString[])[
                $"{name}", $"{Tally.Answers}", $"{Tally.Errors}", $"{Tally.Malformed}", $"{Tally.Answers / _time.TotalSeconds:F1}", $"{_children.Loads.Count}", $"{_children.Most}",
                $"{_children.Loads.Count / (double)Math.Max(1, Tally.Answers):F4}", $"{Tally.Wait(0.5):F0}", $"{Tally.Wait(0.99):F0}", $"{Tally.Wait(1):F0}"])
                .Select(static cell => cell.ToString(CultureInfo.InvariantCulture))];
        }

        public void Dispose()
        {
            _client.Dispose();
            _children.Dispose();
            server.Dispose();
        }
    }
}
