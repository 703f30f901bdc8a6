using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using GGLib.Bench.Measuring;
using GGLib.Bench.Processes;

namespace GGLib.Bench.Storm;

/// <summary>Many clients over more models than have room, children that are killed, and what a swap costs; on the real engine.</summary>
internal sealed class StormRun(StormOptions options, string folder)
{
    private static readonly Dictionary<string, string> Nothing = [];

    private IReadOnlyList<string> Names => [.. options.Models.Select(static path => Path.GetFileNameWithoutExtension(path)!)];

    private string EmbeddingName => Path.GetFileNameWithoutExtension(options.Embedding);

    public async Task RunAsync()
    {
        if (options.Wants("storm"))
        {
            Report.Line($"\n### {options.Clients} clients, {Names.Count} models, room for two, {options.Seconds} s\n\n| Server | answers | errors | malformed or lost | children started | most at once | swaps per answer | wait p50, ms | p99 | most |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
            using (var gglib = StartGGLib(2))
            {
                Line("gglib", await StormAsync(gglib.Server, gglib.Port, kills: false).ConfigureAwait(false));
            }

            using var router = await StartRouterAsync().ConfigureAwait(false);
            Line("llama-server's router", await StormAsync(router.Server, router.Port, kills: false).ConfigureAwait(false));
        }

        if (options.Wants("alternate"))
        {
            Report.Line("\n### Chat and embeddings in turns, 1,000 requests, batches of 10\n");
            await AlternateAsync(2).ConfigureAwait(false);
            await AlternateAsync(1).ConfigureAwait(false);
        }

        if (options.Wants("kills"))
        {
            await KillsAsync().ConfigureAwait(false);
        }

        if (options.Wants("swap"))
        {
            await SwapAsync().ConfigureAwait(false);
        }
    }

    private static string Text(double value) => value.ToString("F0", CultureInfo.InvariantCulture);

    private static void Line(string server, StormResult result) => Report.Line(string.Create(CultureInfo.InvariantCulture,
        $"| {server} | {result.Answers} | {result.Errors} | {result.Malformed} | {result.Started} | {result.Most} | {result.Started / (double)Math.Max(1, result.Answers):F4} | {result.Wait(0.5):F0} | {result.Wait(0.99):F0} | {result.Wait(1):F0} |"));

    private async Task<StormResult> StormAsync(ServerProcess server, int port, bool kills)
    {
        using var children = new ChildCounter(server.Id);
        using var client = new StormClient(port);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(options.Seconds));
        var waits = new ConcurrentBag<double>();
        var faults = new ConcurrentBag<StormFault>();
        var killed = 0;
        var clients = Enumerable.Range(0, options.Clients).Select(index => Task.Run(async () =>
        {
#pragma warning disable CA5394 // The same storm each time.
            var random = new Random(index);
            while (!end.IsCancellationRequested)
            {
                var began = Stopwatch.GetTimestamp();

                // A request that has begun is waited for: one that never ends is lost.
                var fault = await client.AskAsync(Names[random.Next(Names.Count)], embeds: false, CancellationToken.None).ConfigureAwait(false);
                if (fault is null)
                {
                    waits.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
                else
                {
                    faults.Add(fault);
                    await Task.Delay(200).ConfigureAwait(false);
                }
            }
        })).ToList();
        var random = new Random(1);
        while (kills && !end.IsCancellationRequested)
        {
            await Task.Delay(random.Next(50, 3000)).ConfigureAwait(false);
            if (children.Now is { Count: > 0 } running)
            {
                Kill(running[random.Next(running.Count)]);
                killed++;
            }
        }
#pragma warning restore CA5394

        await Task.WhenAll(clients).ConfigureAwait(false);
        foreach (var group in faults.GroupBy(static fault => (fault.IsWellFormed, fault.Text)).OrderByDescending(static group => group.Count()).Take(6))
        {
            Console.Error.WriteLine($"{group.Count()} × {(group.Key.IsWellFormed ? "error" : "MALFORMED")} {group.Key.Text}");
        }

        return new StormResult([.. waits.Order()], faults.Count(static fault => fault.IsWellFormed), faults.Count(static fault => !fault.IsWellFormed), children.Started, children.Most, killed);
    }

    private async Task AlternateAsync(int room)
    {
        using var gglib = StartGGLib(room);
        using var children = new ChildCounter(gglib.Server.Id);
        using var client = new StormClient(gglib.Port);
        var wrong = 0;
        for (var batch = 0; batch < 100; batch++)
        {
            var embeds = batch % 2 == 1;
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.AskAsync(embeds ? EmbeddingName : Names[0], embeds, CancellationToken.None))).ConfigureAwait(false);
            wrong += answers.Count(static fault => fault is not null);
        }

        Report.Line($"Room for {room}: 100 batches, {children.Started} children started, {wrong} wrong answers.");
    }

    private async Task KillsAsync()
    {
        using var gglib = StartGGLib(2);
        using var client = new StormClient(gglib.Port);
        foreach (var name in Names)
        {
            await client.AskAsync(name, embeds: false, CancellationToken.None).ConfigureAwait(false);
        }

        var (descriptors, threads) = Holds(gglib.Server.Id);
        var result = await StormAsync(gglib.Server, gglib.Port, kills: true).ConfigureAwait(false);

        // A crash loop is held back for as long as a minute: the storm was one.
        var stuck = 0;
        foreach (var name in Names)
        {
            var began = Stopwatch.GetTimestamp();
            StormFault? fault;
            while ((fault = await client.AskAsync(name, embeds: false, CancellationToken.None).ConfigureAwait(false)) is not null && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(70))
            {
                await Task.Delay(500).ConfigureAwait(false);
            }

            stuck += fault is null ? 0 : 1;
        }

        await Task.Delay(3000).ConfigureAwait(false);
        var (descriptorsAfter, threadsAfter) = Holds(gglib.Server.Id);
        var left = ChildCounter.ChildrenOf(gglib.Server.Id);
        gglib.Server.Dispose();
        await Task.Delay(500).ConfigureAwait(false);
        Report.Line($"""

            ### Children killed at random moments of the same storm, {options.Seconds} s

            {result.Killed} kills, {result.Started} children started, {result.Answers} answers, {result.Errors} errors in the API's form, {result.Malformed} malformed or lost. Afterwards {stuck} models stuck; {left.Count(ChildCounter.IsRunning)} children left when gglib had ended.
            gglib's descriptors before and after: {descriptors}, {descriptorsAfter}; threads: {threads}, {threadsAfter}.
            """);
    }

    private async Task SwapAsync()
    {
        // In turns: what else the machine does is the same for both.
        var through = new List<double>();
        var byHand = new List<double>();
        using var gglib = StartGGLib(1);
        using var client = new StormClient(gglib.Port);
        await client.AskAsync(Names[0], embeds: false, CancellationToken.None).ConfigureAwait(false);
        string[] command = [.. File.ReadAllText($"/proc/{ChildCounter.ChildrenOf(gglib.Server.Id)[0]}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries)];
        var model = Array.IndexOf(command, "--model") + 1;
        var host = Array.IndexOf(command, "--host") + 1;
        ServerProcess? running = null;
        for (var round = 0; round <= 20; round++)
        {
            var began = Stopwatch.GetTimestamp();
            if (await client.AskAsync(Names[(round + 1) % 2], embeds: false, CancellationToken.None).ConfigureAwait(false) is null && round > 0)
            {
                through.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            // By hand: the same flags on a port, from the end of the one to the answer of the next.
            var port = ServerProcess.FreePort();
            string[] flags = [.. command];
            flags[model] = options.Models[(round + 1) % 2];
            flags[host] = "127.0.0.1";
            began = Stopwatch.GetTimestamp();
            running?.Dispose();
            running = ServerProcess.Start("llama-server", [.. flags, "--port", port.ToString(CultureInfo.InvariantCulture)], Nothing, port, "/health", folder);
            using var direct = new StormClient(port);
            if (await direct.AskAsync("x", embeds: false, CancellationToken.None).ConfigureAwait(false) is null && round > 0)
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

    private Running StartGGLib(int room)
    {
        var home = Directory.CreateDirectory(Path.Combine(folder, $"home-{room}-{Guid.NewGuid():N}")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(home, "engine"), Path.Combine(options.Home, "engine"));
        var environment = new Dictionary<string, string>
        {
            ["GGLIB_HOME"] = home,
            ["OLLAMA_MAX_LOADED_MODELS"] = room.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var path in options.Models.Append(options.Embedding))
        {
            var add = new ProcessStartInfo(options.GGLib, ["add", path]) { RedirectStandardOutput = true };
            add.Environment["GGLIB_HOME"] = home;
            using var process = Process.Start(add)!;
            process.WaitForExit();
        }

        var port = ServerProcess.FreePort();
        return new(ServerProcess.Start("gglib", [options.GGLib, "proxy", "--port", port.ToString(CultureInfo.InvariantCulture)], environment, port, "/api/version", folder), port);
    }

    private async Task<Running> StartRouterAsync()
    {
        // The same program that gglib runs, its loader included: as a child of gglib shows it. A router starts its children from its own executable, which in a relocated package is
        // the loader and cannot: then another build has to be named.
        string[] command;
        if (Environment.GetEnvironmentVariable("LLAMA_SERVER_ROUTER") is { Length: > 0 } named)
        {
            command = [named];
        }
        else
        {
            using var gglib = StartGGLib(1);
            using var client = new StormClient(gglib.Port);
            await client.AskAsync(Names[0], embeds: false, CancellationToken.None).ConfigureAwait(false);
            command = [.. File.ReadAllText($"/proc/{ChildCounter.ChildrenOf(gglib.Server.Id)[0]}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries).TakeWhile(static part => part != "--model")];
        }

        var models = Directory.CreateDirectory(Path.Combine(folder, "router-models")).FullName;
        foreach (var path in options.Models)
        {
            File.Copy(path, Path.Combine(models, Path.GetFileName(path)), overwrite: true);
        }

        var port = ServerProcess.FreePort();
        return new(ServerProcess.Start("router", [.. command, "--models-dir", models, "--models-max", "2", "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture)], Nothing, port, "/health", folder), port);
    }

    private static (int Descriptors, int Threads) Holds(int process) =>
        (Directory.GetFileSystemEntries($"/proc/{process}/fd").Length, Directory.GetDirectories($"/proc/{process}/task").Length);

    private static void Kill(int process)
    {
        try
        {
            using var child = Process.GetProcessById(process);
            child.Kill();
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // Gone already.
        }
    }

    private sealed record Running(ServerProcess Server, int Port) : IDisposable
    {
        public void Dispose() => Server.Dispose();
    }
}
