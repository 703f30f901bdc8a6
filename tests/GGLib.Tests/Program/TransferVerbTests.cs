using System.Text.RegularExpressions;
using GGLib.Catalog;
using GGLib.Catalog.Registries;
using GGLib.Gguf;
using GGLib.Server;
using GGLib.Tests.Catalog.Registries;
using GGLib.Tests.Server;
using GGLib.Transfers;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Program;

/// <summary><c>pull</c> and <c>push</c> as they are typed, and <c>repair</c> of what was pulled, without a server and with one that has the same library.</summary>
public sealed class TransferVerbTests : IAsyncDisposable
{
    private readonly CommandRun _run = new();
    private TestRegistry? _registry;

    // Nobody listens there.
    public TransferVerbTests() => _run.Variables["OLLAMA_HOST"] = "127.0.0.1:1";

    public async ValueTask DisposeAsync()
    {
        await (_registry?.DisposeAsync() ?? ValueTask.CompletedTask);
        _run.Dispose();
    }

    [Fact]
    public async Task A_model_is_pulled_with_a_line_a_step_and_pushed_under_another_name()
    {
        var registry = await StartAsync();
        registry.AddModel("library/new", "latest", ("model", Weights()), ("system", "Be brief."u8.ToArray()));

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("pull", "new"));
        Assert.Matches(
            "^pulling manifest\npulling [0-9a-f]{12}  400 KB\npulling [0-9a-f]{12}  9 B\npulling [0-9a-f]{12}  23 B\nverifying sha256 digest\nwriting manifest\nPulled 'new'\n$",
            _run.Output);
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("show", "new"));
        Assert.Contains("Be brief.", _run.Output, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("cp", "new", "me/mine:2"));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("push", "me/mine:2"));
        Assert.Matches("^retrieving manifest\n(?s:.*)pushing manifest\nPushed 'me/mine:2'\n$", _run.Output);
        Assert.NotNull(registry.Manifest("me/mine", "2"));
    }

    [Fact]
    public async Task A_server_of_the_same_library_does_it()
    {
        var registry = await StartAsync();
        registry.AddModel("library/new", "latest", ("model", Weights()));
        var options = new ServerOptions { Version = "0.1.0", Transfers = new TransferOptions { OllamaRegistry = registry.Address } };
        await using var server = await TestServer.StartAsync(options, stored: true);
        _run.Variables["GGLIB_HOME"] = server.Home;
        _run.Variables["OLLAMA_HOST"] = server.Address;

        // Only the server knows the registry.
        _run.Variables["GGLIB_OLLAMA_REGISTRY"] = "http://127.0.0.1:1";

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("pull", "new"));
        Assert.EndsWith("writing manifest\nPulled 'new'\n", _run.Output, StringComparison.Ordinal);
        Assert.NotNull(server.Catalog.Find("new"));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("cp", "new", "me/mine"));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("push", "me/mine"));
        Assert.NotNull(registry.Manifest("me/mine", "latest"));

        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("pull", "nope"));
        Assert.Equal("gglib: 'nope': the registry has no such model.\n", _run.Error);
    }

    [Fact]
    public async Task The_quantisation_that_was_chosen_is_said()
    {
        var registry = await StartAsync();
        registry.AddToHub("o/r", "r-Q4_K_M.gguf", Weights());
        registry.AddToHub("o/r", "r-Q8_0.gguf", Weights(500_000));

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("pull", "hf.co/o/r"));

        Assert.StartsWith("pulling manifest\nusing Q4_K_M; also there: Q8_0\npulling ", _run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pull nope", ExitCode.NoModel, "'nope': the registry has no such model.")]
    [InlineData("pull spoiled", ExitCode.Network, "'spoiled': digest mismatch, *. What came is not what was announced, and was thrown away: try again, or tell who keeps it.")]
    [InlineData("pull a//b", ExitCode.Usage, "'a//b': *")]
    [InlineData("pull http://127.0.0.1:1/me/x", ExitCode.Usage, "'http://127.0.0.1:1/me/x': insecure protocol http. --insecure allows it.")]
    [InlineData("pull --insecure http://127.0.0.1:1/me/x", ExitCode.Network, "'http://127.0.0.1:1/me/x': 127.0.0.1:1 cannot be reached: Connection refused.")]
    [InlineData("push hf.co/o/r", ExitCode.Usage, "'hf.co/o/r': only a registry that speaks Ollama's protocol can be pushed to.")]
    [InlineData("push nope", ExitCode.NoModel, "There is no model 'nope' in the library. A model goes where its name says: gglib cp MODEL nope, and push again.")]
    public async Task What_cannot_be_done_is_a_sentence_and_a_code(string line, int code, string sentence)
    {
        var registry = await StartAsync();
        registry.AddModel("library/spoiled", "latest", ("model", Weights()));
        registry.Misbehave = static request => request.IsBlob ? new TestFault { CorruptAt = 1000 } : null;
        Assert.Equal(code, await _run.RunAsync(line.Split(' ')));
        Assert.Matches("^gglib: " + Regex.Escape(sentence).Replace("\\*", ".*", StringComparison.Ordinal) + "\n$", _run.Error);
    }

    [Fact]
    public async Task Plain_HTTP_where_HTTPS_was_asked_for_is_told_with_the_way_out()
    {
        var registry = await StartAsync();
        Assert.Equal(ExitCode.Network, await _run.RunAsync("pull", $"{registry.Host}/me/new"));
        Assert.Matches($"^gglib: '{registry.Host}/me/new': {registry.Host} cannot be asked over HTTPS: .*\\. If it speaks plain HTTP, --insecure allows that\\.\n$", _run.Error);
    }

    [Fact]
    public async Task Of_several_the_others_are_pulled_all_the_same()
    {
        var registry = await StartAsync();
        registry.AddModel("library/new", "latest", ("model", Weights()));

        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("pull", "nope", "new"));
        Assert.EndsWith("Pulled 'new'\n", _run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pull", "x")]
    [InlineData("push", "x")]
    [InlineData("repair", "x")]
    [InlineData("proxy", "--port", "0")]
    public async Task An_address_that_is_none_is_a_usage_error(params string[] line)
    {
        _run.Variables["HF_ENDPOINT"] = "ftp://x";
        Assert.Equal(ExitCode.Usage, await _run.RunAsync(line));
        Assert.Equal("gglib: HF_ENDPOINT is \"ftp://x\", which is not the address of a server, such as https://example.com.\n", _run.Error);
    }

    [Fact]
    public async Task A_pull_that_is_stopped_says_that_it_goes_on_from_there()
    {
        var registry = await StartAsync();

        // Half of it is more than sockets hold: some of that half must have been taken and written, however busy the machine is.
        registry.AddModel("library/new", "latest", ("model", Weights(32_000_000)));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Limit.Token);
        registry.Pace = async (served, cancellation) =>
        {
            if (served > 16_000_000)
            {
                await stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        };
        _run.Stop = stop.Token;
        Assert.Equal(ExitCode.Failure, await _run.RunAsync("pull", "new"));
        Assert.Equal("gglib: Stopped. What was fetched is kept: pull again to go on from there.\n", _run.Error);
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("show", "new"));

        var before = registry.BytesServed;
        registry.Pace = null;
        _run.Stop = null;
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("pull", "new"));
        Assert.InRange(registry.BytesServed - before, 1, 31_999_999);
    }

    [Fact]
    public async Task A_damaged_blob_is_fetched_again()
    {
        var registry = await StartAsync();
        registry.AddModel("library/new", "latest", ("model", Weights()));
        await _run.RunAsync("pull", "new");
        var blob = await DamageAsync(_run.Variables["GGLIB_HOME"]!);
        var bytes = await File.ReadAllBytesAsync(blob, Limit.Token);

        // Where nobody can be asked, it is left as it is.
        _run.Variables["GGLIB_OLLAMA_REGISTRY"] = "http://127.0.0.1:1";
        Assert.Equal(ExitCode.Damaged, await _run.RunAsync("repair", "new"));
        Assert.StartsWith("gglib: 'new:latest' is still broken: pull model manifest: 127.0.0.1:1 cannot be reached", _run.Error, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(blob, Limit.Token));

        _run.Variables["GGLIB_OLLAMA_REGISTRY"] = registry.Address.ToString();
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("repair", "new"));
        Assert.Contains("\nFetching 400 KB from new:latest\n", _run.Output, StringComparison.Ordinal);
        Assert.EndsWith("'new:latest' is repaired.\n", _run.Output, StringComparison.Ordinal);

        // It is what it was: no model that has the file is another one now.
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("list"));
        Assert.DoesNotContain("(changed)", _run.Output, StringComparison.Ordinal);
        Assert.Equal(Weights(), await File.ReadAllBytesAsync(blob, Limit.Token));
    }

    [Fact]
    public async Task What_came_over_plain_http_is_repaired_over_plain_http()
    {
        var registry = await StartAsync();
        registry.AddModel("me/new", "latest", ("model", Weights()));
        var name = $"{registry.Host}/me/new";
        await _run.RunAsync("pull", "--insecure", name);
        var blob = await DamageAsync(_run.Variables["GGLIB_HOME"]!);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("repair", name));
        Assert.EndsWith("is repaired.\n", _run.Output, StringComparison.Ordinal);
        Assert.Equal(Weights(), await File.ReadAllBytesAsync(blob, Limit.Token));
    }

    [Fact]
    public async Task Plain_http_can_be_allowed_for_a_repair()
    {
        var registry = await StartAsync();
        registry.AddModel("me/new", "latest", ("model", Weights()));
        var name = $"{registry.Host}/me/new";
        await _run.RunAsync("pull", "--insecure", name);
        await DamageAsync(_run.Variables["GGLIB_HOME"]!);

        // As it is with a model that an earlier version pulled.
        using (var catalog = ModelCatalog.Open(_run.Variables["GGLIB_HOME"]!, TimeProvider.System))
        {
            var model = catalog.Find(name)!;
            Assert.True(ModelLibrary.Of(catalog, TimeProvider.System).Put(model.Path, model.Name, ProjectorChoice.None, model.Profile with { AllowsPlainHttp = false }).Succeeded);
        }

        Assert.Equal(ExitCode.Damaged, await _run.RunAsync("repair", name));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("repair", "--insecure", name));
    }

    [Fact]
    public async Task A_repair_beside_a_running_server_never_takes_the_file_away_and_has_the_server_load_the_new_one()
    {
        var registry = await StartAsync();
        registry.AddModel("library/new", "latest", ("model", Weights(4_000_000)));
        await using var server = await TestServer.StartAsync(stored: true);
        _run.Variables["GGLIB_HOME"] = server.Home;
        await _run.RunAsync("pull", "new");
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        await client.PostAsync(new Uri("/api/generate", UriKind.Relative), new StringContent("""{"model":"new"}"""), Limit.Token);
        Assert.Contains("new:latest", await client.GetStringAsync(new Uri("/api/ps", UriKind.Relative), Limit.Token), StringComparison.Ordinal);
        var blob = await DamageAsync(server.Home);
        var missing = 0;
        registry.Pace = (_, _) =>
        {
            missing += File.Exists(blob) ? 0 : 1;
            return Task.CompletedTask;
        };

        _run.Variables["OLLAMA_HOST"] = server.Address;
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("repair", "new"));

        Assert.Equal(0, missing);
        Assert.Equal(Weights(4_000_000), await File.ReadAllBytesAsync(blob, Limit.Token));
        Assert.DoesNotContain("new:latest", await client.GetStringAsync(new Uri("/api/ps", UriKind.Relative), Limit.Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("new", "library/new")]
    [InlineData("hf.co/o/r", null)]
    [InlineData("https://huggingface.co/o/r", null)]
    public async Task A_model_that_is_to_run_and_is_not_there_is_pulled_first(string name, string? repository)
    {
        var registry = await StartAsync();
        if (repository is null)
        {
            registry.AddToHub("o/r", "r-Q4_K_M.gguf", Weights());
        }
        else
        {
            registry.AddModel(repository, "latest", ("model", Weights()));
        }

        // Through the server that is to run it, whoever's library that has; only it knows the registry.
        var options = new ServerOptions { Version = "0.1.0", Transfers = new TransferOptions { OllamaRegistry = registry.Address, HuggingFace = registry.Address } };
        await using var server = await TestServer.StartAsync(options, stored: true);
        _run.Variables["OLLAMA_HOST"] = server.Address;
        _run.Variables["GGLIB_OLLAMA_REGISTRY"] = "http://127.0.0.1:1";
        _run.Variables["HF_ENDPOINT"] = "http://127.0.0.1:1";

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", name, ""));
        Assert.Equal("", _run.Output);
        Assert.StartsWith("pulling manifest\n", _run.Error, StringComparison.Ordinal);
        Assert.EndsWith("writing manifest\n", _run.Error, StringComparison.Ordinal);
        Assert.Equal(repository is null ? "hf.co/o/r:latest" : "new:latest", Assert.Single(server.Catalog.List(), static model => !model.IsTransient && model.Profile.Source is not null).Name.Display);

        // The second time it is there.
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", name, ""));
        Assert.Equal("", _run.Error);
    }

    [Fact]
    public async Task A_model_that_is_to_run_and_that_nobody_has_is_said_to_be_nowhere()
    {
        await StartAsync();
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("run", "demo-cht", "hello"));
        Assert.Equal("", _run.Output);
        Assert.Equal("pulling manifest\ngglib: There is no model 'demo-cht'. Did you mean 'demo-chat'?\nIt could not be pulled: the registry has no such model.\n", _run.Error);
    }

    [Fact]
    public void The_rate_is_that_of_the_last_seconds_without_what_was_there_before()
    {
        var time = new FakeTimeProvider();
        var rate = new TransferRate(time);
        rate.Begin(1_000_000_000, 500_000_000);
        Assert.Equal("", rate.ToString());
        time.Advance(TimeSpan.FromSeconds(2));
        rate.Report(510_000_000);
        Assert.Equal("5.0 MB/s, 1 min 38 s", rate.ToString());
        time.Advance(TimeSpan.FromSeconds(20));
        rate.Report(530_000_000);
        Assert.Equal("1.0 MB/s, 7 min 50 s", rate.ToString());
    }

    private async Task<TestRegistry> StartAsync()
    {
        _registry = await TestRegistry.StartAsync();
        _run.Variables["GGLIB_OLLAMA_REGISTRY"] = _registry.Address.ToString();
        _run.Variables["HF_ENDPOINT"] = _registry.Address.ToString();
        return _registry;
    }

    /// <summary>Turns a bit of the largest blob, and tells which that is.</summary>
    private static async Task<string> DamageAsync(string home)
    {
        var blob = Directory.EnumerateFiles(Path.Combine(home, "models", "blobs")).MaxBy(static file => new FileInfo(file).Length)!;
        var bytes = await File.ReadAllBytesAsync(blob, Limit.Token);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(blob, bytes, Limit.Token);
        return blob;
    }

    private static byte[] Weights(int bytes = 400_000) => new GgufWriter().Add("general.architecture", "llama").Add("llama.context_length", 2048u)
        .AddTensor("token_embd.weight", GgufTensorType.F32, [4, bytes / 16], PullBench.Bytes(bytes / 16 * 16)).ToArray();
}
