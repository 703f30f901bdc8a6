using GGLib.Bench.Load;
using GGLib.Bench.Processes;

namespace GGLib.Bench.Measuring;

/// <summary>What is measured, in order. Every scenario goes through all endpoints once a round, so that a noisy moment meets all of them alike.</summary>
internal sealed class Scenarios(BenchOptions options, string folder)
{
    private const double PacedRate = 100;
    private const int AnswerTokens = 512;
    private static readonly int[] Clients = [1, 16, 64, 256];

    public void Run()
    {
        if (options.Wants("start"))
        {
            Start();
        }

        if (Wanted("first token", "full speed"))
        {
            using var rig = new Rig(options, Scripts.FullSpeed, Path.Combine(folder, "full"));
            foreach (var (endpoint, _) in rig.Targets)
            {
                Proof.Of(endpoint);
            }

            if (options.Wants("first token"))
            {
                FirstToken(rig);
            }

            foreach (var clients in Clients.Where(clients => options.Wants($"full speed, {clients} clients")))
            {
                FullSpeed(rig, clients);
            }
        }

        if (Wanted("paced"))
        {
            using var rig = new Rig(options, Scripts.Paced(PacedRate), Path.Combine(folder, "paced"));
            foreach (var clients in Clients.Where(clients => options.Wants($"paced, {clients} clients")))
            {
                Paced(rig, clients);
            }
        }
    }

    private bool Wanted(params string[] groups) =>
        groups.Any(group => options.Wants(group) || Clients.Any(clients => options.Wants($"{group}, {clients} clients")));

    private void Start()
    {
        var (ready, idle, used) = (new Series(), new Series(), new Series());
        for (var round = 0; round < options.Rounds; round++)
        {
            Report.Progress($"start, round {round + 1}");
            var place = Directory.CreateDirectory(Path.Combine(folder, $"start-{round}")).FullName;
            var script = Path.Combine(place, "script.json");
            File.WriteAllText(script, Scripts.FullSpeed);
            var port = ServerProcess.FreePort();
            var environment = new Dictionary<string, string> { ["FAKE_LLAMA"] = script, ["GGLIB_CHILD_ENV_FAKE_LLAMA"] = script, ["GGLIB_HOME"] = Path.Combine(folder, "start-home"), ["HOME"] = place };
            using var gglib = ServerProcess.Start("gglib", [options.GGLib, "proxy", "--port", $"{port}", "--engine", options.Fake], environment, port, "/api/tags", place);
            Thread.Sleep(1500);
            idle.Add(gglib.ResidentMiB);
            Proof.Of(Endpoint.Chat("gglib /api/chat", port, "demo-chat"));
            Thread.Sleep(1500);
            used.Add(gglib.ResidentMiB);

            // The first start of a home makes its database and looks at the engine.
            if (round > 0 || options.Rounds == 1)
            {
                ready.Add(gglib.Ready.TotalMilliseconds);
            }
        }

        Report.Table("Start", ["What", "Median (least–greatest)"],
        [
            ["process start to a whole `GET /api/tags`, ms", ready.Text("F0")],
            ["resident, idle 1.5 s later, MiB", idle.Text("F1")],
            ["resident, 1.5 s after a chat, its model loaded, MiB", used.Text("F1")],
        ]);
    }

    private void FirstToken(Rig rig)
    {
        var rows = Measure(rig, "first token", (endpoint, _, row) =>
        {
            var result = LoadClient.Run(new LoadPlan(endpoint, 1, 4, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(options.Seconds)));
            row.P50.Add(Series.Percentile(result.FirstToken, 0.5));
            row.P99.Add(Series.Percentile(result.FirstToken, 0.99));
        });
        Report.Table("First token, one client, ms from request to first token", ["Endpoint", "p50", "p99", "added p50", "added p99"],
            rows.Select(row => (string[])[row.Name, row.P50.Text("F3"), row.P99.Text("F3"), row.AddedP50.Text("F3"), row.AddedP99.Text("F3")]));
    }

    private void FullSpeed(Rig rig, int clients)
    {
        var title = $"Full speed, {clients} clients";
        var rows = Measure(rig, title, (endpoint, gateway, row) =>
        {
            var used = 0.0;
            var result = LoadClient.Run(new LoadPlan(endpoint, clients, AnswerTokens, TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(options.Seconds))
            {
                AtEdge = opening => Edge(gateway, row, opening, ref used),
            });
            row.Rate.Add(result.Tokens / result.Window.TotalSeconds);
            if (gateway is not null)
            {
                row.ProcessorPerThousand.Add(used * 1e6 / result.Tokens);
            }
        });
        Report.Table(title, ["Endpoint", "chunks/s", "÷ direct", "÷ /api/chat", "gateway CPU, ms per 1,000 chunks", "gateway RSS, MiB", .. Before("chunks/s ÷ before", "CPU ÷ before")],
            rows.Select(row => (string[])[row.Name, row.Rate.Text("N0"), row.ToDirect.Text("F2"), row.ToChat.Text("F2"), row.ProcessorPerThousand.Text("F2"), row.Memory.Text("F1"), .. Before(row.RateToBefore.Text("F2"), row.ProcessorToBefore.Text("F2"))]));
    }

    private void Paced(Rig rig, int clients)
    {
        var title = $"Paced, {clients} clients, {PacedRate} tokens/s each";
        var window = Math.Max(1.0, options.Seconds);
        var warmUp = 0.5;
        var rows = Measure(rig, title, (endpoint, gateway, row) =>
        {
            var used = 0.0;
            var result = LoadClient.Run(new LoadPlan(
                endpoint, clients, (int)((window + warmUp) * PacedRate), TimeSpan.FromSeconds(warmUp), TimeSpan.FromSeconds(window), TimeSpan.FromMilliseconds(97))
            {
                Stamped = true,
                AtEdge = opening => Edge(gateway, row, opening, ref used),
            });
            row.P50.Add(Series.Percentile(result.Transit, 0.5));
            row.P99.Add(Series.Percentile(result.Transit, 0.99));
            row.Rate.Add(result.Tokens / result.Window.TotalSeconds);
            if (gateway is not null)
            {
                row.Cores.Add(used / result.Window.TotalSeconds);
                row.ProcessorPerThousand.Add(used * 1e6 / result.Tokens);
            }
        });
        Report.Table(title, ["Endpoint", "chunks/s", "transit p50, ms", "transit p99, ms", "added p50", "added p99", "gateway cores", "gateway CPU, ms per 1,000 chunks", "gateway RSS, MiB"],
            rows.Select(row => (string[])
            [
                row.Name, row.Rate.Text("N0"), row.P50.Text("F3"), row.P99.Text("F2"), row.AddedP50.Text("F3"), row.AddedP99.Text("F2"), row.Cores.Text("F2"),
                row.ProcessorPerThousand.Text("F1"), row.Memory.Text("F1"),
            ]));
    }

    // Columns that only a comparison has.
    private string[] Before(params string[] cells) => options.Before is null ? [] : cells;

    private static void Edge(ServerProcess? gateway, Row row, bool opening, ref double used)
    {
        if (gateway is null)
        {
            return;
        }

        used = gateway.ProcessorSeconds - used;
        if (!opening)
        {
            row.Memory.Add(gateway.ResidentMiB);
        }
    }

    private List<Row> Measure(Rig rig, string title, Action<Endpoint, ServerProcess?, Row> measure)
    {
        List<Row> rows = [.. rig.Targets.Select(target => new Row(target.Endpoint.Name))];
        for (var round = 0; round < options.Rounds; round++)
        {
            Report.Progress($"{title}, round {round + 1}");
            var last = new Row[rows.Count];
            // Every other round runs backwards, so that drift within a round favors no endpoint.
            foreach (var index in round % 2 == 0 ? Enumerable.Range(0, rows.Count) : Enumerable.Range(0, rows.Count).Reverse())
            {
                last[index] = new Row(rows[index].Name);
                measure(rig.Targets[index].Endpoint, rig.Targets[index].Gateway, last[index]);
                Join(rows[index], last[index]);
            }

            var chat = Array.Find(last, static row => row.Name is "gglib /api/chat")!;
            for (var index = 1; index < rows.Count; index++)
            {
                rows[index].ToDirect.Add(last[index].Rate.Median / last[0].Rate.Median);
                rows[index].ToChat.Add(last[index].Rate.Median / chat.Rate.Median);
                rows[index].AddedP50.Add(last[index].P50.Median - last[0].P50.Median);
                rows[index].AddedP99.Add(last[index].P99.Median - last[0].P99.Median);
                if (Array.Find(last, row => row.Name == last[index].Name.Replace("gglib ", "before ", StringComparison.Ordinal)) is { } before && before != last[index])
                {
                    rows[index].RateToBefore.Add(last[index].Rate.Median / before.Rate.Median);
                    rows[index].ProcessorToBefore.Add(last[index].ProcessorPerThousand.Median / before.ProcessorPerThousand.Median);
                }
            }
        }

        return rows;
    }

    private static void Join(Row all, Row one)
    {
        foreach (var (into, from) in ((Series, Series)[])
            [(all.Rate, one.Rate), (all.ProcessorPerThousand, one.ProcessorPerThousand), (all.Cores, one.Cores), (all.Memory, one.Memory), (all.P50, one.P50), (all.P99, one.P99)])
        {
            if (from.Count > 0)
            {
                into.Add(from.Median);
            }
        }
    }
}
