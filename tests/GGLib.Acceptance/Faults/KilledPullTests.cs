using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Tests.Catalog.Registries;

namespace GGLib.Acceptance.Faults;

/// <summary>The program killed while it pulls: the next pull goes on where it was, what comes of it answers, and the library is whole after every kill.</summary>
public sealed class KilledPullTests(ITestOutputHelper output)
{
    private const string HubName = "hf.co/o/r:Q8_0";

    // 28 by 28 dots of one colour: what the projector looks at at once.
    private const string Picture = "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcCAIAAAD9b0jDAAAAJElEQVR42mM4EaBBdcQwauiooaOGjho6auiooaOGjho6MgwFAHZe1C4Y5WEPAAAAAElFTkSuQmCC";

    private const long MostOnTheWay = 400_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pull_of_a_split_model_with_a_projector_that_is_killed_twice_brings_little_twice_and_sees_a_picture(bool byServer)
    {
        await using var registry = await TestRegistry.StartAsync();
        var parts = GeneratedModels.Split("demo-chat.gguf", 3, 5_000_000, seed: 1);
        for (var number = 1; number <= parts.Length; number++)
        {
            registry.AddToHub("o/r", $"r-Q8_0-0000{number}-of-0000{parts.Length}.gguf", parts[number - 1]);
        }

        registry.AddToHub("o/r", "mmproj-r-F32.gguf", GeneratedModels.Projector(seed: 2));
        registry.AddToHub("o/r", "README.md", "# r"u8.ToArray(), isLfs: false);
        using var folder = await ProgramFolder.CreateAsync(Of(registry));

        await PullWithTwoKillsAsync(folder, registry, HubName, byServer, parts.Sum(static part => part.Length) + GeneratedModels.Projector(seed: 2).Length);

        var answers = await AskAsync(folder, HubName, """{"role":"user","content":"What is 2+2?"}""", $$"""{"role":"user","content":"What is 2+2?","images":["{{Picture}}"]}""");
        var (text, picture) = (answers[0], answers[1]);
        Assert.Contains("4", text.GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);

        // The projector is at work: a picture is four tokens more.
        Assert.Equal(text.GetProperty("prompt_eval_count").GetInt32() + 4, picture.GetProperty("prompt_eval_count").GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pull_from_Ollamas_registry_that_is_killed_twice_brings_little_twice_and_answers(bool byServer)
    {
        await using var registry = await TestRegistry.StartAsync();
        var weights = GeneratedModels.Whole("demo-chat.gguf", 18_000_000, seed: 1);
        registry.AddModel(
            "library/tiny",
            "latest",
            ("model", weights),
            ("template", "{{ .System }} {{ .Prompt }}"u8.ToArray()),
            ("system", "You are brief."u8.ToArray()),
            ("params", """{"num_predict":3,"temperature":0}"""u8.ToArray()),
            ("license", "CC0-1.0"u8.ToArray()));
        using var folder = await ProgramFolder.CreateAsync(Of(registry));

        await PullWithTwoKillsAsync(folder, registry, "tiny", byServer, weights.Length);

        // What was pulled with the weights counts: no more than three tokens.
        var answer = (await AskAsync(folder, "tiny", """{"role":"user","content":"What is 2+2?"}"""))[0];
        Assert.Equal((3, "length"), (answer.GetProperty("eval_count").GetInt32(), answer.GetProperty("done_reason").GetString()));
        using var catalog = ModelCatalog.Open(folder.Home, TimeProvider.System);
        Assert.Equal(("You are brief.", "CC0-1.0"), (catalog.Find("tiny")!.Profile.System, catalog.Find("tiny")!.Profile.Licenses[0]));
    }

    [Fact]
    public async Task A_pull_that_is_killed_anywhere_leaves_what_was_there_or_what_should_come()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var folder = await ProgramFolder.CreateAsync(Of(registry));
        var chance = new Random(20261125);
        var offers = new Dictionary<string, Offer> { ["tiny"] = Offer.OfRegistry(registry, 1), [HubName] = Offer.OfHub(registry, 1) };
        var before = new Dictionary<string, Offer>();
        registry.AddModel("library/kept", "latest", ("model", GeneratedModels.Whole("tiny-random.gguf", 0, seed: 0)));
        await folder.SucceedAsync("pull", "kept");

        // How long it takes when nobody kills it, and how long its end takes; this also is what may be there.
        registry.Pace = static (_, aborted) => Task.Delay(2, aborted);
        var (whole, end) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var name in offers.Keys)
        {
            var began = Stopwatch.GetTimestamp();
            var verified = began;
            var (code, said) = await folder.RunAsync(["pull", name], line => verified = line.StartsWith("verifying", StringComparison.Ordinal) ? Stopwatch.GetTimestamp() : verified, CancellationToken.None);
            Assert.True(code is 0, said);
            (whole, end) = (Stopwatch.GetElapsedTime(began), Stopwatch.GetElapsedTime(verified));
            (before[name], offers[name]) = (offers[name], offers[name].Next());
        }

        var finished = 0;
        var faults = 0;
        for (var round = 0; round < ProgramFolder.Kills; round++)
        {
            var name = round % 2 == 0 ? "tiny" : HubName;
            using var kill = new CancellationTokenSource();
            Action<string>? onLine = null;
            var when = $"kill {round}, {name}";
            registry.Pace = static (_, aborted) => Task.Delay(2, aborted);
            switch (round % 3)
            {
                case 0:
                    // At any moment of its life.
                    kill.CancelAfter(whole * chance.NextDouble() * 1.1);
                    break;
                case 1:
                    // While bytes come.
                    var most = registry.BytesServed + chance.Next(offers[name].Size);
                    registry.Pace = async (served, aborted) =>
                    {
                        if (served >= most)
                        {
                            await kill.CancelAsync();
                        }

                        await Task.Delay(2, aborted);
                    };
                    break;
                default:
                    // When all bytes are there.
                    var after = end * chance.NextDouble();
                    onLine = line =>
                    {
                        if (line.StartsWith("verifying", StringComparison.Ordinal))
                        {
                            kill.CancelAfter(after);
                        }
                    };
                    break;
            }

            var fault = chance.Next(6) switch
            {
                0 => new TestFault { Status = 429, RetryAfter = "1" },
                1 => new TestFault { Status = 503 },
                2 => new TestFault { CutAfter = 100_000 },
                3 => new TestFault { CorruptAt = 0 },
                _ => null,
            };
            var isDone = 0;
            registry.Misbehave = request => fault is not null && request.Method == "GET" && (request.IsBlob || request.Path.Contains("/resolve/", StringComparison.Ordinal)) && Interlocked.Exchange(ref isDone, 1) == 0
                ? fault with { CorruptAt = fault.CorruptAt + request.Start + 10 }
                : null;

            var (code, said) = await folder.RunAsync(["pull", name], onLine, kill.Token);

            Assert.True(code is null or 0, $"{when}: {said}");
            faults += isDone;
            AssertConsistent(when);
            if (code is 0)
            {
                finished++;
                Assert.Equal(offers[name].Digests, DigestsOf(name));
                (before[name], offers[name]) = (offers[name], offers[name].Next());
            }
        }

        output.WriteLine($"pull: {ProgramFolder.Kills} kills within {whole.TotalMilliseconds:F0} ms, {finished} came too late, {faults} faults of the registry; {registry.BytesServed} bytes sent");
        Assert.True(finished < ProgramFolder.Kills, "no kill came in time");
        (registry.Pace, registry.Misbehave) = (null, null);
        foreach (var (name, offer) in offers)
        {
            await folder.SucceedAsync("pull", name);
            Assert.Equal(offer.Digests, DigestsOf(name));
        }

        AssertConsistent("the end");
        AssertNothingUnfinished(folder);

        string[] DigestsOf(string name)
        {
            using var catalog = ModelCatalog.Open(folder.Home, TimeProvider.System);
            return [.. catalog.Find(name)!.Files.Select(static file => ProgramFolder.Sha256(file.Path))];
        }

        // Everything is whole, the model that nobody touches is there, and the others are what they were or what they should become, with all that belongs to it.
        void AssertConsistent(string when)
        {
            using var catalog = ModelCatalog.Open(folder.Home, TimeProvider.System);
            folder.AssertWhole(when, catalog);
            Assert.Equal(["hf.co/o/r:Q8_0", "kept:latest", "tiny:latest"], catalog.List().Select(static model => model.Name.Display).Order(StringComparer.Ordinal));
            foreach (var name in offers.Keys)
            {
                var model = catalog.Find(name)!;
                var digests = model.Files.Select(static file => ProgramFolder.Sha256(file.Path)).ToArray();
                var found = new[] { before[name], offers[name] }.FirstOrDefault(offer => offer.Digests.SequenceEqual(digests));
                Assert.True(found is not null, $"{when}: {name} is neither what it was nor what it should be");
                Assert.Equal(found.System, model.Profile.System);
            }
        }
    }

    // Killed when the registry has sent a third of it, then two thirds; then to the end.
    private async Task PullWithTwoKillsAsync(ProgramFolder folder, TestRegistry registry, string name, bool byServer, long size)
    {
        foreach (var third in (int[])[1, 2])
        {
            using var kill = new CancellationTokenSource();
            var lost = registry.BytesServed - Kept(folder);
            registry.Pace = async (served, aborted) =>
            {
                if (served >= size * third / 3)
                {
                    await kill.CancelAsync();
                    await Task.Delay(Timeout.Infinite, aborted);
                }

                // What is sent and not written down yet is what the kill loses: on a busy machine too that shall be little. Not for ever: what is less than a step of the journal is not written down at all.
                for (var began = Stopwatch.GetTimestamp(); served - lost - Kept(folder) > MostOnTheWay && Stopwatch.GetElapsedTime(began) < Patience;)
                {
                    await Task.Delay(5, aborted);
                }
            };
            Assert.Null(await PullAsync(folder, name, byServer, kill.Token));
            using var catalog = ModelCatalog.Open(folder.Home, TimeProvider.System);
            folder.AssertWhole($"kill {third}", catalog);
            Assert.Null(catalog.Find(name));
        }

        registry.Pace = null;
        Assert.Equal("success", await PullAsync(folder, name, byServer, CancellationToken.None));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {registry.BytesServed} bytes sent for {size}, {registry.BytesServed / (double)size:F3}"));
        Assert.InRange(registry.BytesServed, size, size * 1.1);
        AssertNothingUnfinished(folder);
    }

    // The bytes that the program would go on from: whole blobs, and what journals say of the others.
    private static long Kept(ProgramFolder folder)
    {
        var partials = Path.Combine(folder.Blobs, "partial");
        return Directory.Exists(partials)
            ? new DirectoryInfo(folder.Blobs).EnumerateFiles().Sum(static blob => blob.Length) + Directory.EnumerateFiles(partials, "*.json").Sum(static journal => Done(journal))
            : 0;

        static long Done(string journal)
        {
            try
            {
                using var text = JsonDocument.Parse(File.ReadAllBytes(journal));
                return text.RootElement.GetProperty("parts").EnumerateArray().Sum(static part => part.GetProperty("done").GetInt64());
            }
            catch (FileNotFoundException)
            {
                // A blob by now, or another journal.
                return 0;
            }
        }
    }

    /// <returns>How it ended; null when it was killed.</returns>
    private static async Task<string?> PullAsync(ProgramFolder folder, string name, bool byServer, CancellationToken kill)
    {
        if (!byServer)
        {
            var (code, said) = await folder.RunAsync(["pull", name], null, kill);
            return code is null ? null : code is 0 ? "success" : said;
        }

        using var http = new HttpClient { Timeout = Limit.Time };
        var (program, address) = await folder.ServeAsync(http);
        using var _ = program;
        await using var killing = kill.Register(program.Kill);
        var last = "";
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "api/pull")) { Content = new StringContent($$"""{"model":"{{name}}"}""", Encoding.UTF8, "application/json") };
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
            while (await lines.ReadLineAsync(Cancellation) is { } line)
            {
                last = line;
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException && kill.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync(Cancellation);
        }

        using var step = JsonDocument.Parse(last);
        return kill.IsCancellationRequested ? null : step.RootElement.TryGetProperty("status", out var status) ? status.GetString() : last;
    }

    private static async Task<List<JsonElement>> AskAsync(ProgramFolder folder, string model, params string[] messages)
    {
        using var http = new HttpClient { Timeout = Limit.Time };
        var (program, address) = await folder.ServeAsync(http);
        using var _ = program;
        try
        {
            var answers = new List<JsonElement>();
            foreach (var message in messages)
            {
                var question = $$"""{"model":"{{model}}","stream":false,"think":false,"options":{"temperature":0},"messages":[{{message}}]}""";
                using var answer = await http.PostAsync(new Uri(address, "api/chat"), new StringContent(question, Encoding.UTF8, "application/json"), Cancellation);
                var body = await answer.Content.ReadAsStringAsync(Cancellation);
                Assert.True(answer.IsSuccessStatusCode, body);
                answers.Add(JsonElement.Parse(body));
            }

            return answers;
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync(Cancellation);
        }
    }

    private static Dictionary<string, string> Of(TestRegistry registry) => new()
    {
        ["GGLIB_OLLAMA_REGISTRY"] = registry.Address.AbsoluteUri,
        ["HF_ENDPOINT"] = registry.Address.AbsoluteUri,
        ["HF_TOKEN"] = "",
    };

    private static void AssertNothingUnfinished(ProgramFolder folder) => Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder.Blobs, "partial")));

    /// <summary>What a registry offers under a name at the moment.</summary>
    /// <param name="Digests">Of the model's files in order, in lower case.</param>
    /// <param name="System">Its system prompt; null where it has none.</param>
    /// <param name="Size">All bytes of it.</param>
    /// <param name="Next">Puts another version in its place.</param>
    private sealed record Offer(string[] Digests, string? System, int Size, Func<Offer> Next)
    {
        public static Offer OfRegistry(TestRegistry registry, int version)
        {
            var weights = GeneratedModels.Whole("tiny-random.gguf", 2_500_000, version);
            registry.AddModel("library/tiny", "latest", ("model", weights), ("system", Encoding.UTF8.GetBytes($"Version {version}.")), ("params", """{"temperature":0}"""u8.ToArray()));
            return new([Sha256(weights)], $"Version {version}.", weights.Length, () => OfRegistry(registry, version + 1));
        }

        public static Offer OfHub(TestRegistry registry, int version)
        {
            // The projector is the same in all versions: who deletes the files of a version must leave it.
            byte[][] files = [.. GeneratedModels.Split("tiny-random.gguf", 2, 1_200_000, version * 10), GeneratedModels.Projector(seed: 1)];
            registry.ClearHub("o/r");
            foreach (var (path, content) in ((string[])["r-Q8_0-00001-of-00002.gguf", "r-Q8_0-00002-of-00002.gguf", "mmproj-r-F32.gguf"]).Zip(files))
            {
                registry.AddToHub("o/r", path, content);
            }

            return new([.. files.Select(Sha256)], null, files.Sum(static file => file.Length), () => OfHub(registry, version + 1));
        }

        private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
