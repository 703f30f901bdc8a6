using System.Text;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Registries;

namespace GGLib.Tests.Catalog.Registries;

/// <summary>Pulls from the Hugging Face Hub.</summary>
public sealed class HuggingFaceTests
{
    [Theory]
    [InlineData("hf.co/o/r", "r-Q4_K_M.gguf")]
    [InlineData("hf.co/o/r:q8_0", "r-Q8_0.gguf")]
    [InlineData("hf.co/o/r:Q3_K_XL", "r-UD-Q3_K_XL.gguf")]
    [InlineData("hf.co/o/r:UD-Q3_K_XL", "r-UD-Q3_K_XL.gguf")]
    [InlineData("hf.co/o/r:r-Q8_0.gguf", "r-Q8_0.gguf")]
    [InlineData("https://huggingface.co/o/r/resolve/main/old/r.Q2_K.gguf", "r.Q2_K.gguf")]
    [InlineData("hf.co/o/r:F16", "r.f16.gguf")]
    public async Task The_quantisation_that_is_named_is_pulled_and_else_a_sensible_one(string name, string file)
    {
        await using var bench = await PullBench.StartAsync();
        foreach (var path in (string[])["README.md", "imatrix.gguf", "old/r.Q2_K.gguf", "r-Q4_K_S.gguf", "r-Q4_K_M.gguf", "r-Q8_0.gguf", "r-UD-Q3_K_XL.gguf", "r.f16.gguf"])
        {
            bench.Registry.AddToHub("o/r", path, Encoding.UTF8.GetBytes(path));
        }

        var lines = await bench.PullAsync(name);

        Assert.Null(lines[^1].Failure);
        var pulled = Assert.Single(lines[^1].Model!.Files);
        Assert.Equal((file, PulledRole.Weights), (pulled.Name, pulled.Role));
        Assert.EndsWith(file, await File.ReadAllTextAsync(pulled.Path, Limit.Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r-Q8_0.gguf,r-F32.gguf,r-IQ4_XS.gguf", "r-IQ4_XS.gguf")]
    [InlineData("r-F32.gguf,r-BF16.gguf", "r-BF16.gguf")]
    [InlineData("strange.gguf", "strange.gguf")]
    public async Task Whatever_is_there_is_better_than_nothing(string files, string chosen)
    {
        await using var bench = await PullBench.StartAsync();
        foreach (var path in files.Split(','))
        {
            bench.Registry.AddToHub("o/r", path, Encoding.UTF8.GetBytes(path));
        }

        Assert.Equal(chosen, (await bench.PullAsync("hf.co/o/r"))[^1].Model!.Files[0].Name);
    }

    [Fact]
    public async Task What_the_repository_says_in_files_of_its_own_goes_with_the_model_and_before_it()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Registry.AddToHub("o/r", "r-Q4_K_M.gguf", [1]);
        bench.Registry.AddToHub("o/r", "template", "{{ .System }}: {{ .Prompt }}"u8.ToArray(), isLfs: false);
        bench.Registry.AddToHub("o/r", "system", "Be brief."u8.ToArray(), isLfs: false);
        bench.Registry.AddToHub("o/r", "params", """{"stop":["END"]}"""u8.ToArray(), isLfs: false);
        bench.Registry.AddToHub("o/r", "sub/system", "Be long."u8.ToArray(), isLfs: false);

        var model = (await bench.PullAsync("hf.co/o/r"))[^1].Model!;

        Assert.Equal(("{{ .System }}: {{ .Prompt }}", true, "Be brief.", """{"stop":["END"]}"""), (model.Template, model.PrefersTemplate, model.System, model.ParametersJson));
        Assert.Equal([PulledRole.Weights, PulledRole.Template, PulledRole.System, PulledRole.Parameters], model.Files.Select(static file => file.Role));
        Assert.Contains("application/vnd.ollama.image.params", model.ManifestJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_makes_no_sense_of_it_is_passed_over_and_said()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Registry.AddToHub("o/r", "r-Q4_K_M.gguf", [1]);
        bench.Registry.AddToHub("o/r", "template", "{{ if }}"u8.ToArray(), isLfs: false);
        bench.Registry.AddToHub("o/r", "params", "n_params = 7B"u8.ToArray(), isLfs: false);
        bench.Registry.AddToHub("o/r", "system", [], isLfs: false);

        var lines = await bench.PullAsync("hf.co/o/r");

        Assert.Equal((null, null, null), (lines[^1].Model!.Template, lines[^1].Model!.System, lines[^1].Model!.ParametersJson));
        Assert.Contains("passing over params: it is no JSON object", lines.Select(static line => line.Status));
        Assert.Single(lines, static line => line.Status.StartsWith("passing over template: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_choice_is_said()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Registry.AddToHub("o/r", "r-Q4_K_M.gguf", [1]);
        bench.Registry.AddToHub("o/r", "r-Q8_0.gguf", [2]);
        bench.Registry.AddToHub("o/r", "r-Q2_K.gguf", [3]);

        var chosen = await bench.PullAsync("hf.co/o/r");
        var named = await bench.PullAsync("hf.co/o/r:Q8_0");
        var missing = await bench.PullAsync("hf.co/o/r:Q5_K_M");

        Assert.Equal("using Q4_K_M; also there: Q2_K, Q8_0", chosen[1].Status);
        Assert.DoesNotContain(named, static line => line.Status.StartsWith("using", StringComparison.Ordinal));
        Assert.Equal("o/r has no Q5_K_M; it has Q2_K, Q4_K_M, Q8_0.", missing[^1].Failure!.Message);
        Assert.Equal(TransferFault.NotFound, missing[^1].Failure!.Fault);
        Assert.Equal("hf.co/o/r:latest", chosen[^1].Model!.Name.Display);
    }

    [Fact]
    public async Task A_split_model_and_its_projector_come_together_over_pages_and_a_CDN()
    {
        await using var bench = await PullBench.StartAsync();
        await using var cdn = await TestRegistry.StartAsync();
        bench.Registry.Cdn = cdn;
        bench.Registry.TreePage = 2;
        var parts = Enumerable.Range(1, 3).Select(static number => PullBench.Bytes(400_000 + number, number)).ToArray();
        foreach (var number in (int[])[2, 3, 1])
        {
            bench.Registry.AddToHub("o/r", $"Q4_K_M/r-Q4_K_M-0000{number}-of-00003.gguf", parts[number - 1]);
        }

        bench.Registry.AddToHub("o/r", "mmproj-BF16.gguf", [1]);
        bench.Registry.AddToHub("o/r", "mmproj-F16.gguf", [2]);
        bench.Registry.AddToHub("o/r", "mmproj-F32.gguf", [3]);

        var model = (await bench.PullAsync("hf.co/o/r:Q4_K_M"))[^1].Model!;

        // llama-server finds the parts by their names.
        Assert.Equal(["r-Q4_K_M-00001-of-00003.gguf", "r-Q4_K_M-00002-of-00003.gguf", "r-Q4_K_M-00003-of-00003.gguf"], model.Weights.Select(Path.GetFileName));
        Assert.Single(model.Weights.Select(Path.GetDirectoryName).Distinct());
        foreach (var (path, part) in model.Weights.Zip(parts))
        {
            Assert.Equal(part, await File.ReadAllBytesAsync(path, Limit.Token));
            Assert.Equal(part.Length, bench.Store.SizeOf(BlobDigest.Of(part)));
        }

        Assert.Equal([2], await File.ReadAllBytesAsync(model.Projector!, Limit.Token));
        Assert.Equal(BlobDigest.Of(Encoding.UTF8.GetBytes(model.ManifestJson)), model.ManifestDigest);
        Assert.Equal(4, model.Files.Length);

        // A second pull finds everything.
        var served = cdn.BytesServed;
        Assert.Equal(model.Weights, (await bench.PullAsync("hf.co/o/r:Q4_K_M"))[^1].Model!.Weights);
        Assert.Equal(served, cdn.BytesServed);
        foreach (var part in model.Weights)
        {
            BlobSet.Unlink(part);
        }

        Assert.All(model.Weights, static path => Assert.False(File.Exists(path)));
        Assert.Equal(4, bench.Store.List().Count());
    }

    [Fact]
    public async Task A_split_model_that_lacks_a_part_is_not_pulled()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Registry.AddToHub("o/r", "r-00001-of-99999.gguf", [1]);

        Assert.Equal("o/r lacks parts of r-00001-of-99999.gguf.", (await bench.PullAsync("hf.co/o/r"))[^1].Failure!.Message);
    }

    [Fact]
    public async Task Gated_repositories_want_the_users_token_and_no_one_else_gets_it()
    {
        await using var bench = await PullBench.StartAsync();
        await using var cdn = await TestRegistry.StartAsync();
        bench.Registry.Cdn = cdn;
        bench.Registry.Token = "hf_right";
        bench.Registry.AddToHub("o/r", "r-Q8_0.gguf", PullBench.Bytes(400_000));
        var page = $"{bench.Registry.Address}o/r";

        var without = (await bench.PullAsync("hf.co/o/r"))[^1].Failure!;
        bench.Options = bench.Options with { HuggingFaceToken = "hf_wrong" };
        var wrong = (await bench.PullAsync("hf.co/o/r"))[^1].Failure!;
        bench.Options = bench.Options with { HuggingFaceToken = "hf_right" };
        var right = (await bench.PullAsync("hf.co/o/r"))[^1];

        Assert.Equal(new TransferFailure(TransferFault.Unauthorized, $"o/r is gated, private, or not there. If it is gated, accept its terms at {page} and set HF_TOKEN to a token of yours."), without);
        Assert.Equal(new TransferFailure(TransferFault.Unauthorized, $"o/r may not be read with the token in HF_TOKEN: accept its terms at {page}, or use another token."), wrong);
        Assert.Equal("success", right.Status);
        Assert.All(cdn.Requests, static request => Assert.Null(request.Authorization));
    }

    [Fact]
    public async Task A_repository_whose_list_is_open_and_whose_files_are_not_says_so_too()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Registry.AddToHub("o/r", "r-Q8_0.gguf", PullBench.Bytes(400_000));
        bench.Registry.Misbehave = static request => request.Path.Contains("/resolve/", StringComparison.Ordinal) ? new TestFault { Status = 403 } : null;

        Assert.StartsWith("o/r is gated, private, or not there.", (await bench.PullAsync("hf.co/o/r"))[^1].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_or_no_GGUF_is_said()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Registry.AddToHub("o/safetensors", "model.safetensors", [1]);
        bench.Registry.AddToHub("o/hostile", "../../x.gguf", [1]);

        Assert.Equal($"{bench.Registry.Host} has no o/none.", (await bench.PullAsync("hf.co/o/none"))[^1].Failure!.Message);
        Assert.Equal("o/safetensors has no GGUF files: look for a repository whose name ends in GGUF.", (await bench.PullAsync("hf.co/o/safetensors"))[^1].Failure!.Message);
        Assert.Equal(TransferFault.Unsupported, (await bench.PullAsync("hf.co/o/hostile"))[^1].Failure!.Fault);
    }

    [Fact]
    public async Task A_file_at_an_address_is_pulled_and_its_digest_found_out()
    {
        await using var bench = await PullBench.StartAsync();
        var weights = PullBench.Bytes(1_500_000);
        bench.Registry.AddFile("/files/Tiny.Q8_0.gguf", weights);
        var address = $"{bench.Registry.Address}files/Tiny.Q8_0.gguf";

        Assert.Equal(TransferFault.Insecure, (await bench.PullAsync(address))[^1].Failure!.Fault);
        var model = (await bench.PullAsync(address, insecure: true))[^1].Model!;

        Assert.Equal(weights, await File.ReadAllBytesAsync(model.Weights[0], Limit.Token));
        Assert.Equal(bench.Store.PathOf(BlobDigest.Of(weights)), model.Weights[0]);
        Assert.Equal("Tiny.Q8_0:latest", model.Name.Display);
        Assert.Equal(TransferFault.NotFound, (await bench.PullAsync($"{bench.Registry.Address}none.gguf", insecure: true))[^1].Failure!.Fault);
    }

    [Fact]
    public async Task A_server_without_HEAD_is_asked_for_one_byte()
    {
        await using var bench = await PullBench.StartAsync();
        var weights = PullBench.Bytes(1_500_000);
        bench.Registry.AddFile("/x.gguf", weights);
        bench.Registry.Misbehave = static request => request.Method == "HEAD" ? new TestFault { Status = 405 } : null;

        Assert.Equal(weights, await File.ReadAllBytesAsync((await bench.PullAsync($"{bench.Registry.Address}x.gguf", insecure: true))[^1].Model!.Weights[0], Limit.Token));
    }
}
