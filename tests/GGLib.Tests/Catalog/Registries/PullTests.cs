using System.Text;
using System.Text.Json;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Registries;

namespace GGLib.Tests.Catalog.Registries;

/// <summary>Pulls of models from a registry that behaves.</summary>
public sealed class PullTests
{
    private const string Gguf = "application/vnd.ollama.image.model";

    [Fact]
    public async Task A_model_is_pulled_with_all_that_belongs_to_it()
    {
        await using var bench = await PullBench.StartAsync();
        var weights = PullBench.Bytes(3_000_000);
        var manifest = bench.Registry.AddModel(
            "library/qwen3",
            "0.6b",
            ("model", weights),
            ("projector", PullBench.Bytes(1000, 2)),
            ("adapter", PullBench.Bytes(1000, 3)),
            ("template", "{{ .Prompt }}"u8.ToArray()),
            ("system", "Be brief."u8.ToArray()),
            ("license", "MIT"u8.ToArray()),
            ("license", "and more"u8.ToArray()),
            ("params", """{"stop":["<|im_end|>"],"top_k":20}"""u8.ToArray()),
            ("messages", """[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]"""u8.ToArray()));

        var lines = await bench.PullAsync("qwen3:0.6b");

        var model = lines[^1].Model!;
        Assert.Equal("success", lines[^1].Status);
        Assert.Equal(weights, await File.ReadAllBytesAsync(Assert.Single(model.Weights), Limit.Token));
        Assert.Equal("qwen3:0.6b", model.Name.Display);
        Assert.Equal(manifest, model.ManifestJson);
        Assert.Equal(BlobDigest.Of(Encoding.UTF8.GetBytes(manifest)), model.ManifestDigest);
        Assert.Equal(1000, new FileInfo(model.Projector!).Length);
        Assert.Equal(PullBench.Bytes(1000, 3), await File.ReadAllBytesAsync(Assert.Single(model.Adapters), Limit.Token));
        Assert.Equal("{{ .Prompt }}", model.Template);
        Assert.Equal("Be brief.", model.System);
        Assert.Equal(["MIT", "and more"], model.Licenses);
        Assert.Equal("""{"stop":["<|im_end|>"],"top_k":20}""", model.ParametersJson);
        Assert.Equal([("user", "Hi"), ("assistant", "Hello")], model.Messages.Select(static message => (message.Role, message.Content)));
        Assert.Equal("""{"model_format":"gguf"}""", model.ConfigJson);
        Assert.Equal(10, model.Files.Length);
        Assert.Equal(Gguf, model.Files[0].MediaType);
        Assert.Empty(Directory.GetFiles(bench.Store.Partials));
    }

    [Fact]
    public async Task Progress_has_Ollamas_order_and_texts()
    {
        await using var bench = await PullBench.StartAsync();
        var weights = PullBench.Bytes(600_000);
        bench.Registry.AddModel("library/tiny", "latest", ("model", weights), ("system", "Be brief."u8.ToArray()));
        var digest = BlobDigest.Of(weights);

        var lines = await bench.PullAsync("tiny");

        // Of the lines about one file there may be any number; the last of them is complete.
        var steps = lines.Aggregate(new List<PullProgress>(), static (list, line) =>
        {
            if (list.Count > 0 && list[^1].Status == line.Status)
            {
                list.RemoveAt(list.Count - 1);
            }

            list.Add(line with { Model = null });
            return list;
        });
        Assert.Equal(
            [
                new PullProgress("pulling manifest"),
                new PullProgress($"pulling {digest.Short}", digest.ToString(), 600_000, 600_000),
                new PullProgress($"pulling {BlobDigest.Of("Be brief."u8).Short}", BlobDigest.Of("Be brief."u8).ToString(), 9, 9),
                new PullProgress($"pulling {BlobDigest.Of("""{"model_format":"gguf"}"""u8).Short}", BlobDigest.Of("""{"model_format":"gguf"}"""u8).ToString(), 23, 23),
                new PullProgress("verifying sha256 digest"),
                new PullProgress("writing manifest"),
                new PullProgress("success"),
            ],
            steps);
        Assert.Equal(steps.Count, lines.Select(static line => line.Status).Distinct().Count());
        Assert.True(lines.Zip(lines.Skip(1)).All(static pair => pair.First.Digest != pair.Second.Digest || pair.First.Completed <= pair.Second.Completed));
    }

    [Fact]
    public void A_line_on_the_wire_has_Ollamas_fields_and_no_others()
    {
        var lines = new[]
        {
            new PullProgress("pulling manifest"),
            new PullProgress("pulling 7462734796d6", "sha256:7462734796d67c40ecec2ca98eddf970e171dbb6b370e43fd633ee75b69abe1b", 1_629_516_640),
            new PullProgress("pulling 7462734796d6", "sha256:7462734796d67c40ecec2ca98eddf970e171dbb6b370e43fd633ee75b69abe1b", 1_629_516_640, 5),
            new PullProgress("success"),
        };

        Assert.Equal(
            """
            {"status":"pulling manifest"}
            {"status":"pulling 7462734796d6","digest":"sha256:7462734796d67c40ecec2ca98eddf970e171dbb6b370e43fd633ee75b69abe1b","total":1629516640}
            {"status":"pulling 7462734796d6","digest":"sha256:7462734796d67c40ecec2ca98eddf970e171dbb6b370e43fd633ee75b69abe1b","total":1629516640,"completed":5}
            {"status":"success"}
            """,
            string.Join('\n', lines.Select(static line => JsonSerializer.Serialize(line, RegistryJson.Default.PullProgress))));
    }

    [Fact]
    public async Task An_empty_layer_is_an_empty_file()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Registry.AddModel("library/tiny", "latest", ("model", PullBench.Bytes(1000)), ("system", []));

        Assert.Equal("", (await bench.PullAsync("tiny"))[^1].Model!.System);
    }

    [Fact]
    public async Task What_is_there_already_is_not_fetched()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Registry.AddModel("library/tiny", "latest", ("model", PullBench.Bytes(600_000)));
        await bench.PullAsync("tiny");
        bench.Registry.AddModel("library/tiny", "other", ("model", PullBench.Bytes(600_000)), ("system", "Be brief."u8.ToArray()));
        var served = bench.Registry.BytesServed;

        var lines = await bench.PullAsync("tiny:other");

        Assert.Equal("success", lines[^1].Status);
        Assert.Equal(9, bench.Registry.BytesServed - served);
        Assert.Contains(lines, static line => line is { Total: 600_000, Completed: 600_000 });
    }

    [Fact]
    public async Task A_blob_that_was_cut_short_is_fetched_again()
    {
        await using var bench = await PullBench.StartAsync();
        var weights = PullBench.Bytes(600_000);
        bench.Registry.AddModel("library/tiny", "latest", ("model", weights));
        Directory.CreateDirectory(bench.Store.Folder);
        await File.WriteAllBytesAsync(bench.Store.PathOf(BlobDigest.Of(weights)), weights[..1000], Limit.Token);

        var lines = await bench.PullAsync("tiny");

        Assert.Equal(weights, await File.ReadAllBytesAsync(lines[^1].Model!.Weights[0], Limit.Token));
    }

    [Fact]
    public async Task The_public_registrys_token_is_asked_for_and_kept_from_the_CDN()
    {
        await using var bench = await PullBench.StartAsync();
        await using var cdn = await TestRegistry.StartAsync();
        var weights = PullBench.Bytes(2_000_000);
        cdn.AddBlob(weights);
        cdn.AddBlob("""{"model_format":"gguf"}"""u8.ToArray());
        bench.Registry.Cdn = cdn;
        bench.Registry.Token = "secret-token";
        bench.Registry.AddModel("library/tiny", "latest", ("model", weights));

        var lines = await bench.PullAsync("tiny");

        Assert.Equal(weights, await File.ReadAllBytesAsync(lines[^1].Model!.Weights[0], Limit.Token));
        Assert.Contains(bench.Registry.Requests, static request => request.Path.StartsWith("/token?service=test&scope=repository%3Aany%3Apull", StringComparison.Ordinal) || request.Path.StartsWith("/token?service=test&scope=repository:any:pull", StringComparison.Ordinal));
        Assert.Contains(bench.Registry.Requests, static request => request.Authorization == "Bearer secret-token");
        Assert.NotEmpty(cdn.Requests);
        Assert.All(cdn.Requests, static request => Assert.Null(request.Authorization));

        // The redirect is followed once and remembered: a registry that signs addresses is not asked again for every part.
        Assert.Equal(2, bench.Registry.Requests.Where(static request => request.IsBlob).DistinctBy(static request => request.Path).Count());
        Assert.True(bench.Registry.Requests.Count(static request => request.IsBlob) < cdn.Requests.Count);
    }

    [Theory]
    [InlineData("library/none", TransferFault.NotFound, "pull model manifest: file does not exist")]
    [InlineData("library/page", TransferFault.BadAnswer, "pull model manifest: * answered something that is no manifest; a proxy may be in between.")]
    [InlineData("library/hostile", TransferFault.BadAnswer, "pull model manifest: the manifest of hostile:latest has a layer without a right digest and size.")]
    [InlineData("library/safetensors", TransferFault.Unsupported, "safetensors:latest has no GGUF model in its manifest: llama.cpp cannot load it.")]
    [InlineData("library/refused", TransferFault.Unauthorized, "pull model manifest: * refused: it answered 403.")]
    public async Task What_cannot_be_pulled_is_said_in_one_sentence(string repository, TransferFault fault, string sentence)
    {
        await using var bench = await PullBench.StartAsync();
        bench.Registry.AddManifest("library/page", "latest", "<html>Please log in</html>");
        bench.Registry.AddManifest("library/hostile", "latest", """{"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:../../../../etc/passwd","size":5}]}""");
        bench.Registry.AddManifest("library/safetensors", "latest", $$"""{"layers":[{"mediaType":"application/vnd.ollama.image.tensor","digest":"{{bench.Registry.AddBlob([1])}}","size":1}]}""");
        bench.Registry.Misbehave = static request => request.Path.Contains("/refused/", StringComparison.Ordinal) ? new TestFault { Status = 403 } : null;

        var lines = await bench.PullAsync(repository);

        Assert.Equal(["pulling manifest", "error"], lines.Select(static line => line.Status));
        Assert.Equal(fault, lines[^1].Failure!.Fault);
        Assert.Equal(sentence.Replace("*", bench.Registry.Host, StringComparison.Ordinal), lines[^1].Failure!.Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_not_waited_for()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Options = bench.Options with { OllamaRegistry = new Uri("http://127.0.0.1:1") };

        var lines = await bench.PullAsync("tiny");

        Assert.Equal(TransferFault.Unreachable, lines[^1].Failure!.Fault);
        Assert.StartsWith("pull model manifest: 127.0.0.1:1 cannot be reached: ", lines[^1].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_HTTP_wants_a_word_of_the_user()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Registry.AddModel("ns/tiny", "latest", ("model", PullBench.Bytes(1000)));

        Assert.Equal(TransferFault.Insecure, (await bench.PullAsync($"http://{bench.Registry.Host}/ns/tiny"))[^1].Failure!.Fault);
        Assert.Equal(TransferFault.Unreachable, (await bench.PullAsync($"{bench.Registry.Host}/ns/tiny"))[^1].Failure!.Fault);
        Assert.Equal("success", (await bench.PullAsync($"http://{bench.Registry.Host}/ns/tiny", insecure: true))[^1].Status);

        // HTTPS is tried first.
        Assert.Equal("success", (await bench.PullAsync($"{bench.Registry.Host}/ns/tiny", insecure: true))[^1].Status);
    }

    [Fact]
    public async Task Too_little_room_is_said_before_anything_is_fetched()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Options = bench.Options with { FreeBytes = static _ => 33_000_000 };
        bench.Registry.AddModel("library/tiny", "latest", ("model", PullBench.Bytes(600_000)));

        var lines = await bench.PullAsync("tiny");

        Assert.Equal($"Not enough room: 600 KB are still to be fetched, and the disk with {bench.Store.Folder} has 33 MB free.", lines[^1].Failure!.Message);
        Assert.Equal(TransferFault.DiskFull, lines[^1].Failure!.Fault);
        Assert.Equal(0, bench.Registry.BytesServed);
    }

    [Fact]
    public async Task The_model_is_stored_between_the_last_two_lines_and_a_refusal_is_the_last()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Registry.AddModel("library/tiny", "latest", ("model", PullBench.Bytes(1000)));
        var stored = new List<PulledModel>();

        var kept = await PullBench.PullAsync(bench.Jobs((model, _) =>
        {
            stored.Add(model);
            return Task.FromResult<TransferFailure?>(null);
        }), "tiny");
        var refused = await PullBench.PullAsync(bench.Jobs(static (_, _) => Task.FromResult<TransferFailure?>(new(TransferFault.Unsupported, "No."))), "tiny");

        Assert.Same(kept[^1].Model, Assert.Single(stored));
        Assert.Equal(["writing manifest", "error"], refused.TakeLast(2).Select(static line => line.Status));
        Assert.Equal("No.", refused[^1].Failure!.Message);
    }

    [Fact]
    public void The_addresses_come_from_the_environment()
    {
        var variables = new Dictionary<string, string> { ["GGLIB_OLLAMA_REGISTRY"] = "http://127.0.0.1:5000/", ["HF_ENDPOINT"] = "hf-mirror.example", ["HF_TOKEN"] = " hf_x\n" };

        var options = TransferOptions.FromVariables(variables.GetValueOrDefault, out var problem)!;

        Assert.Null(problem);
        Assert.Equal(new Uri("http://127.0.0.1:5000"), options.OllamaRegistry);
        Assert.Equal(new Uri("https://hf-mirror.example"), options.HuggingFace);
        Assert.Equal("hf_x", options.HuggingFaceToken);
        Assert.Null(TransferOptions.FromVariables(static _ => "ftp://x", out problem));
        Assert.Equal("GGLIB_OLLAMA_REGISTRY is \"ftp://x\", which is not the address of a server, such as https://example.com.", problem);
    }
}
