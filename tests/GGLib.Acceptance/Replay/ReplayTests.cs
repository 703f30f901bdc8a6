using System.Globalization;
using System.Text;

namespace GGLib.Acceptance.Replay;

/// <summary>Sends what was recorded from a real Ollama to gglib, in the recorded order, and accepts no difference that is not listed with its reason.</summary>
public sealed class ReplayTests(ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Recorded_exchanges_differ_only_as_listed()
    {
        var listed = ListedDifference.Read(Path.Combine(AppContext.BaseDirectory, "Recorded", "ollama-differences.md"));
        var used = new HashSet<ListedDifference>();
        var unlisted = new List<Difference>();
        var (identical, deliberate, pending) = (0, 0, 0);
        var exchanges = Exchange.All();
        await using var server = await ReplayServer.StartAsync(Cancellation);

        foreach (var exchange in exchanges)
        {
            if (listed.FirstOrDefault(row => row.IsPending && row.Covers(exchange)) is { } waiting)
            {
                used.Add(waiting);
                pending++;
                continue;
            }

            var differences = Comparison.Of(exchange, await server.SendAsync(exchange, Cancellation)).ToList();
            var unknown = differences.Where(difference => !listed.Any(row => row.Covers(difference))).ToList();
            used.UnionWith(listed.Where(row => differences.Any(row.Covers)));
            unlisted.AddRange(unknown);
            identical += differences.Count == 0 ? 1 : 0;
            deliberate += differences.Count > 0 && unknown.Count == 0 ? 1 : 0;
        }

        var report = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"exchanges {exchanges.Count}: identical {identical}, with listed differences {deliberate}, with unlisted differences {unlisted.Select(static difference => difference.Exchange).Distinct().Count()}, pending {pending}")
            .AppendJoin('\n', unlisted)
            .ToString();
        output.WriteLine(report);
        Assert.True(unlisted.Count == 0, report);

        // A row that covers nothing any more is a claim that is not true.
        Assert.DoesNotContain(listed, row => !used.Contains(row));
    }
}
