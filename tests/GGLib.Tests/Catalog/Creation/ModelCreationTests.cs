using System.Text.Json;
using GGLib.Catalog;
using GGLib.Catalog.Blobs;
using GGLib.Catalog.Creation;
using GGLib.Catalog.Modelfiles;
using GGLib.Gguf;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Catalog.Creation;

/// <summary>Making, copying and removing models over a catalog on disk.</summary>
public sealed class ModelCreationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ModelCatalog _catalog;
    private readonly ModelLibrary _library;
    private readonly List<CreateProgress> _steps = [];

    public ModelCreationTests()
    {
        _catalog = ModelCatalog.Open(_folder["home"], _time);
        _library = ModelLibrary.Of(_catalog, _time);
    }

    public void Dispose()
    {
        _catalog.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_model_made_from_another_refers_to_its_files_and_changes_what_is_said()
    {
        var path = _folder.Model("base.gguf");
        _catalog.Add(path, "base", profile: new ModelProfile
        {
            System = "Be brief.",
            Parameters = Json("""{"seed":7,"temperature":0.5}"""),
            Licenses = ["MIT"],
            Source = "registry.example.com",
            ManifestDigest = new string('a', 64),
        });

        var made = await MakeAsync(Recipe("child") with { From = "BASE", Template = "{{ .Prompt }}", Parameters = Json("""{"num_predict":3,"temperature":0}"""), Licenses = ["CC0", "MIT"] });

        Assert.Equal((path, "base:latest", "Be brief."), (made.Path, made.Profile.Parent, made.Profile.System));
        Assert.Equal("""{"num_predict":3,"seed":7,"temperature":0}""", made.Profile.Parameters?.GetRawText());
        Assert.Equal(["MIT", "CC0"], made.Profile.Licenses);
        Assert.Equal((null, null), (made.Profile.Source, made.Profile.ManifestDigest));
        Assert.Equal(_time.GetUtcNow(), made.ModifiedAt);
        Assert.Equal(
            ["using existing file base.gguf", "creating new layer", "using existing layer", "using existing layer", "creating new layer", "creating new layer", "writing manifest"],
            _steps.Select(static step => step.Status.Split(" sha256:")[0]));

        // Of the text itself, as in Ollama's manifests.
        Assert.EndsWith(BlobDigest.Of("{{ .Prompt }}"u8).ToString(), _steps[1].Status, StringComparison.Ordinal);
        Assert.Empty(_library.Blobs!.List());
    }

    [Fact]
    public async Task What_was_made_last_is_listed_first_and_the_digest_does_not_tell_when()
    {
        _catalog.Add(_folder.Model("base.gguf"), "base");
        var first = await MakeAsync(Recipe("a") with { From = "base", System = "s" });
        _time.Advance(TimeSpan.FromHours(1));
        var second = await MakeAsync(Recipe("b") with { From = "base", System = "s" });

        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(["b:latest", "a:latest", "base:latest"], _catalog.List().Select(static model => model.Name.Display));

        _time.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(_library.Copy("base", Name("c")));
        using var again = ModelCatalog.Open(_folder["home"], _time);
        Assert.Equal(["c:latest", "b:latest", "a:latest", "base:latest"], again.List().Select(static model => model.Name.Display));
        Assert.Equal(again.Find("base")!.Digest, again.Find("c")!.Digest);
    }

    [Fact]
    public async Task A_blob_lives_as_long_as_a_model_names_it()
    {
        var digest = await BlobAsync(_folder.Model("a.gguf"));
        await MakeAsync(Recipe("one") with { Files = [RecipeFile.Blob("a.gguf", digest)] });
        await MakeAsync(Recipe("two") with { From = "one" });
        _library.Copy("one", Name("three"));
        var size = _library.Blobs!.SizeOf(digest);

        Assert.Equal(0, _library.Remove("one")!.FreedBytes);
        Assert.Equal(0, _library.Remove("two:latest")!.FreedBytes);
        Assert.Equal(_library.Blobs.PathOf(digest), _catalog.Find("three")!.Path);
        Assert.Equal(size, _library.Remove("THREE")!.FreedBytes);
        Assert.Null(_library.Blobs.Find(digest));
        Assert.Null(_library.Remove("three"));
    }

    [Fact]
    public async Task A_file_of_the_same_content_elsewhere_does_not_keep_a_blob()
    {
        var path = _folder.Model("a.gguf");
        var digest = await BlobAsync(path);
        await MakeAsync(Recipe("one") with { Files = [RecipeFile.Blob("a.gguf", digest)] });
        var added = _catalog.Add(path, "own").Model!;
        _catalog.RecordSha256(added.Files[0], digest.Hex);

        Assert.True(_library.Remove("one")!.FreedBytes > 0);
        Assert.Null(_library.Blobs!.Find(digest));
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task A_blob_that_another_process_has_named_meanwhile_stays()
    {
        var digest = await BlobAsync(_folder.Model("a.gguf"));
        await MakeAsync(Recipe("one") with { Files = [RecipeFile.Blob("a.gguf", digest)] });
        using var other = ModelCatalog.Open(_folder["home"], _time);
        ModelLibrary.Of(other, _time).Copy("one", Name("two"));

        Assert.Equal(0, _library.Remove("one")!.FreedBytes);
        Assert.Equal(FileState.Ready, other.Find("two")!.State);
    }

    [Fact]
    public async Task A_model_that_is_replaced_takes_its_blob_along()
    {
        var old = await BlobAsync(_folder.Model("a.gguf", 1024));
        var next = await BlobAsync(_folder.Model("b.gguf", 2048));
        await MakeAsync(Recipe("m") with { Files = [RecipeFile.Blob("a.gguf", old)] });
        await MakeAsync(Recipe("M") with { Files = [RecipeFile.Blob("b.gguf", next)] });

        Assert.Equal([next], _library.Blobs!.List());

        // In the spelling that was there.
        Assert.Equal("m:latest", Assert.Single(_catalog.List()).Name.Display);

        // Made anew of itself it keeps what it has.
        await MakeAsync(Recipe("m") with { From = "m", System = "s" });
        Assert.Equal([next], _library.Blobs.List());
    }

    [Fact]
    public async Task A_file_that_lies_elsewhere_is_never_deleted()
    {
        var path = _folder.Model("own.gguf");

        // Named as a blob, and in another store.
        var store = Directory.CreateDirectory(_folder["other-store"]).FullName;
        var foreign = Path.Combine(store, BlobDigest.Of(await File.ReadAllBytesAsync(path, Limit.Token)).FileName);
        File.Copy(path, foreign);
        _catalog.Add(path, "own");
        _catalog.Add(foreign, "foreign", projector: ProjectorChoice.None);
        await MakeAsync(Recipe("child") with { From = "foreign" });

        foreach (var name in (string[])["own", "foreign", "child"])
        {
            Assert.Equal(0, _library.Remove(name)!.FreedBytes);
        }

        Assert.True(File.Exists(path) && File.Exists(foreign));
    }

    [Fact]
    public async Task Weights_and_projector_come_as_two_blobs_and_nothing_else_is_taken_for_one()
    {
        new GgufWriter().Add("general.architecture", "clip").Add("clip.has_vision_encoder", true).Write(_folder["p.gguf"]);
        var (weights, projector) = (await BlobAsync(_folder.Model("m.gguf")), await BlobAsync(_folder["p.gguf"]));

        var both = await MakeAsync(Recipe("sees") with { Files = [RecipeFile.Blob("mmproj.gguf", projector), RecipeFile.Blob("m.gguf", weights)] });
        var alone = await MakeAsync(Recipe("blind") with { Files = [RecipeFile.Blob("m.gguf", weights)] });
        var child = await MakeAsync(Recipe("child") with { From = "sees" });

        Assert.Equal((_library.Blobs!.PathOf(projector), null, both.ProjectorPath), (both.ProjectorPath, alone.ProjectorPath, child.ProjectorPath));
        Assert.Equal((true, false), (both.Facts.Can(Capability.Vision), alone.Facts.Can(Capability.Vision)));
    }

    [Fact]
    public async Task A_file_that_was_added_serves_as_the_blob_of_its_content()
    {
        var path = _folder.Model("own.gguf");
        var file = _catalog.Add(path, "own").Model!.Files[0];
        var digest = BlobDigest.Of(await File.ReadAllBytesAsync(path, Limit.Token));
        Assert.Null(_library.FileOf(digest));

        _catalog.RecordSha256(file, digest.Hex);
        Assert.Equal(path, _library.FileOf(digest));
        var made = await MakeAsync(Recipe("made") with { Files = [RecipeFile.Blob("x.gguf", digest)] });

        Assert.Equal(path, made.Path);
        Assert.Contains(_steps, step => step.Status == $"using existing layer {digest}");
        Assert.Empty(_library.Blobs!.List());

        // Changed since: it is not that content any more.
        _folder.Model("own.gguf", 4096, minute: 9);
        Assert.Null(_library.FileOf(digest));
    }

    [Theory]
    [InlineData("nothing", CreateFault.BadRecipe, "neither 'from' or 'files' was specified")]
    [InlineData("no-files", CreateFault.BadRecipe, "no files provided to convert")]
    [InlineData("safetensors", CreateFault.BadRecipe, "only GGUF files can be made into a model here: convert the model with llama.cpp's convert_hf_to_gguf.py first")]
    [InlineData("text", CreateFault.Unusable, "supplied file was not in GGUF format")]
    [InlineData("untold", CreateFault.BadRecipe, "unknown type")]
    [InlineData("two-models", CreateFault.Unusable, "more than one of the files is a model")]
    [InlineData("from-and-model", CreateFault.Unusable, "both 'from' and 'files' name a model")]
    [InlineData("split", CreateFault.Unusable, "a model that is split into several files cannot be made of blobs: add the files themselves with 'gglib add', or join them with llama-gguf-split --merge")]
    [InlineData("unknown-base", CreateFault.Missing, "there is no model 'nope' to make one from")]
    [InlineData("template", CreateFault.BadRecipe, "template error: template: an action is not closed (line 1, column 6)")]
    [InlineData("format", CreateFault.Quantization, "unsupported quantization type ZZ - supported types are F32, F16, BF16, Q8_0, Q6_K, Q5_K_M, Q5_K_S, Q5_1, Q5_0, Q4_K_M, Q4_K_S, Q4_1, Q4_0, IQ4_NL, IQ4_XS, Q3_K_L, Q3_K_M, Q3_K_S, Q2_K")]
    [InlineData("quantizer", CreateFault.Quantization, "there is no llama-quantize beside this llama-server, so nothing can be quantized")]
    [InlineData("adapter", CreateFault.Unusable, "'a.gguf' is not an adapter")]
    public async Task What_makes_no_sense_is_one_sentence_and_leaves_nothing(string what, CreateFault fault, string message)
    {
        _catalog.Add(_folder.Model("base.gguf"), "base");
        await File.WriteAllTextAsync(_folder["text"], "no model", Limit.Token);
        var (model, other, text) = (await BlobAsync(_folder.Model("a.gguf", 1)), await BlobAsync(_folder.Model("b.gguf", 2)), await BlobAsync(_folder["text"]));
        var part = await BlobAsync(_folder.Model("s-00001-of-00002.gguf", part: (0, 2)));
        var recipe = what switch
        {
            "nothing" => Recipe("m"),
            "no-files" => Recipe("m") with { Files = [] },
            "safetensors" => Recipe("m") with { Files = [RecipeFile.Blob("model.safetensors", text)] },
            "text" => Recipe("m") with { Files = [RecipeFile.Blob("x.gguf", text)] },
            "untold" => Recipe("m") with { Files = [RecipeFile.Blob("x", text)] },
            "two-models" => Recipe("m") with { Files = [RecipeFile.Blob("a.gguf", model), RecipeFile.Blob("b.gguf", other)] },
            "from-and-model" => Recipe("m") with { From = "base", Files = [RecipeFile.Blob("a.gguf", model)] },
            "split" => Recipe("m") with { Files = [RecipeFile.Blob("a.gguf", part)] },
            "unknown-base" => Recipe("m") with { From = "nope" },
            "template" => Recipe("m") with { From = "base", Template = "{{ .x" },
            "format" => Recipe("m") with { From = "base", Quantize = "zz" },
            "quantizer" => Recipe("m") with { From = "base", Quantize = "q8_0" },
            _ => Recipe("m") with { From = "base", Adapters = [RecipeFile.Blob("a.gguf", model)] },
        };

        var result = await _library.CreateAsync(recipe, KeepAsync, Limit.Token);

        Assert.Equal(new CreateFailure(fault, message), result.Failure);
        Assert.Equal("base:latest", Assert.Single(_catalog.List()).Name.Display);
        Assert.Equal(4, _library.Blobs!.List().Count());
    }

    [Fact]
    public async Task A_blob_that_is_not_here_is_named()
    {
        var digest = BlobDigest.Of("x"u8);

        var result = await _library.CreateAsync(Recipe("m") with { Files = [RecipeFile.Blob("x.gguf", digest)] }, KeepAsync, Limit.Token);

        Assert.Equal(new CreateFailure(CreateFault.Missing, $"the blob {digest} of 'x.gguf' is not here: upload it first, with POST /api/blobs/{digest}"), result.Failure);
        Assert.Equal(["parsing GGUF"], _steps.Select(static step => step.Status));
    }

    [Fact]
    public async Task Quantized_weights_become_a_blob_of_their_own()
    {
        _catalog.Add(_folder.Model("base.gguf"), "base");
        var written = _folder.Model("quantized.gguf", 4096);
        var library = Quantizing(async (source, destination, format, report) =>
        {
            Assert.Equal((_catalog.Find("base")!.Path, "Q4_K_M"), (source, format));
            await report(1, 2);
            File.Copy(written, destination);
            await report(2, 2);
            return null;
        });

        var made = (await library.CreateAsync(Recipe("q") with { From = "base", Quantize = "q4_K_M" }, KeepAsync, Limit.Token)).Model!;

        var digest = BlobDigest.Of(await File.ReadAllBytesAsync(written, Limit.Token));
        Assert.Equal((_library.Blobs!.PathOf(digest), "base:latest"), (made.Path, made.Profile.Parent));
        var size = new FileInfo(_folder["base.gguf"]).Length;
        Assert.Equal(
            [("quantizing F32 model to Q4_K_M", size, 0), ("quantizing F32 model to Q4_K_M", size, size / 2), ("quantizing F32 model to Q4_K_M", size, size), ("verifying conversion", 0, 0), ($"creating new layer {digest}", 0, 0), ("writing manifest", 0, 0)],
            _steps.Select(static step => (step.Status, step.Total, step.Completed)));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_library.Blobs.Folder, "partial")));
    }

    [Fact]
    public async Task Quantizing_that_fails_or_is_called_off_leaves_nothing()
    {
        _catalog.Add(_folder.Model("base.gguf"), "base");
        var failing = Quantizing(async (_, destination, _, _) =>
        {
            await File.WriteAllTextAsync(destination, "half", Limit.Token);
            return "no space left on device";
        });
        var failed = await failing.CreateAsync(Recipe("q") with { From = "base", Quantize = "q8_0" }, KeepAsync, Limit.Token);
        Assert.Equal(new CreateFailure(CreateFault.Quantization, "the model could not be quantized: no space left on device"), failed.Failure);

        using var leaving = new CancellationTokenSource();
        var called = Quantizing(async (_, destination, _, _) =>
        {
            await File.WriteAllTextAsync(destination, "half", Limit.Token);
            await leaving.CancelAsync();
            leaving.Token.ThrowIfCancellationRequested();
            return null;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => called.CreateAsync(Recipe("q") with { From = "base", Quantize = "q8_0" }, KeepAsync, leaving.Token));

        // Written and named, but the model was not wanted any more.
        using var late = new CancellationTokenSource();
        var done = Quantizing((_, destination, _, _) =>
        {
            File.Copy(_folder["base.gguf"], destination);
            return Task.FromResult<string?>(null);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => done.CreateAsync(
            Recipe("q") with { From = "base", Quantize = "q8_0" },
            step => step.Status is "writing manifest" ? late.CancelAsync() : Task.CompletedTask,
            late.Token));

        Assert.Equal("base:latest", Assert.Single(_catalog.List()).Name.Display);
        Assert.Empty(_library.Blobs!.List());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_library.Blobs.Folder, "partial")));
    }

    [Fact]
    public void What_a_killed_program_left_is_removed_once_nobody_has_touched_it_for_an_hour()
    {
        var partial = Directory.CreateDirectory(Path.Combine(_library.Blobs!.Folder, "partial")).FullName;
        foreach (var (name, minutes) in (ReadOnlySpan<(string, int)>)[("upload-old", 61), ("quantize-old", 61), ("upload-new", 59), ("a-download-to-go-on-with", 10_000)])
        {
            File.WriteAllText(Path.Combine(partial, name), "half");
            File.SetLastWriteTimeUtc(Path.Combine(partial, name), (_time.GetUtcNow() - TimeSpan.FromMinutes(minutes)).UtcDateTime);
        }

        _library.SweepUnfinished();

        Assert.Equal(["a-download-to-go-on-with", "upload-new"], Directory.GetFiles(partial).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_quantized_already_is_not_quantized_again()
    {
        new GgufWriter().Add("general.architecture", "llama").AddZeros("token_embd.weight", GgufTensorType.Q8_0, 32, 2).Write(_folder["q.gguf"]);
        _catalog.Add(_folder["q.gguf"], "base");

        var result = await Quantizing((_, _, _, _) => throw new InvalidOperationException()).CreateAsync(Recipe("q") with { From = "base", Quantize = "q4_K_M" }, KeepAsync, Limit.Token);

        Assert.Equal(new CreateFailure(CreateFault.Quantization, "quantization is only supported for F16, BF16 and F32 models"), result.Failure);
        Assert.Empty(_steps);
    }

    [Fact]
    public async Task A_base_that_is_not_there_is_fetched_first()
    {
        var source = new Source(async (name, report) =>
        {
            await report(new CreateProgress("pulling manifest"));
            return name is "known" && _catalog.Add(_folder.Model("known.gguf"), name).Succeeded ? null : new CreateFailure(CreateFault.Missing, "pull model manifest: file does not exist");
        });
        var library = ModelLibrary.Of(_catalog, _time, source: source);

        Assert.Equal("known:latest", (await library.CreateAsync(Recipe("m") with { From = "known" }, KeepAsync, Limit.Token)).Model?.Profile.Parent);
        Assert.Equal("pulling manifest", _steps[0].Status);
        Assert.Equal("pull model manifest: file does not exist", (await library.CreateAsync(Recipe("n") with { From = "unknown" }, KeepAsync, Limit.Token)).Failure?.Message);
    }

    [Fact]
    public async Task A_Modelfile_names_files_from_where_it_lies_and_models_by_name()
    {
        var path = _folder.Model("m.gguf");
        Assert.Equal(path, Assert.Single(RecipeOf("FROM ./m.gguf\nSYSTEM Hi.\nPARAMETER stop a\nPARAMETER stop b")!.Files!.Value).Path);
        Assert.Equal(path, Assert.Single(RecipeOf($"FROM {path}")!.Files!.Value).Path);
        Assert.Equal(("qwen3:0.6b", null), (RecipeOf("FROM qwen3:0.6b")!.From, RecipeOf("FROM qwen3:0.6b")!.Files));

        var made = await MakeAsync(RecipeOf("FROM ./m.gguf\nSYSTEM Hi.\nPARAMETER stop a\nPARAMETER stop b\nMESSAGE user Who?\nMESSAGE assistant Me.")!);
        Assert.Equal((path, "Hi.", """{"stop":["a","b"]}"""), (made.Path, made.Profile.System, made.Profile.Parameters?.GetRawText()));
        Assert.Equal([new("user", "Who?"), new("assistant", "Me.")], made.Profile.Messages);
    }

    [Theory]
    [InlineData("FROM ./none.gguf", "There is no file './none.gguf'.")]
    [InlineData("FROM none.gguf", "There is no file 'none.gguf'.")]
    [InlineData("FROM a b", "There is no file 'a b'.")]
    [InlineData("FROM one\nFROM two", "FROM names two models, 'one' and 'two': one is the base, the others are files.")]
    [InlineData("FROM one\nADAPTER ./none.gguf", "There is no adapter './none.gguf'.")]
    [InlineData("FROM one\nDRAFT ./none.gguf", "There is no draft model './none.gguf'.")]
    public void A_Modelfile_that_cannot_be_followed_says_why(string text, string problem)
    {
        Assert.Null(ModelRecipe.Of(Name("m"), ModelfileParser.Parse(text, out _)!, _folder.Path, out var actual));
        Assert.Equal(problem, actual);
    }

    private static ModelName Name(string text)
    {
        Assert.True(ModelLibrary.TryName(text, out var name));
        return name;
    }

    private static ModelRecipe Recipe(string name) => new() { Name = Name(name) };

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private ModelRecipe? RecipeOf(string modelfile) => ModelRecipe.Of(Name("m"), ModelfileParser.Parse(modelfile, out _)!, _folder.Path, out _);

    private ModelLibrary Quantizing(Func<string, string, string, Func<int, int, Task>, Task<string?>> quantize) =>
        ModelLibrary.Of(_catalog, _time, (source, destination, format, report, _) => quantize(source, destination, format, report));

    private Task KeepAsync(CreateProgress step)
    {
        _steps.Add(step);
        return Task.CompletedTask;
    }

    private async Task<CatalogModel> MakeAsync(ModelRecipe recipe)
    {
        _steps.Clear();
        var result = await _library.CreateAsync(recipe, KeepAsync, Limit.Token);
        Assert.Null(result.Failure);
        Assert.Equal(FileState.Ready, _catalog.Find(recipe.Name.Display)!.State);
        return result.Model!;
    }

    private async Task<BlobDigest> BlobAsync(string file)
    {
        var digest = BlobDigest.Of(await File.ReadAllBytesAsync(file, Limit.Token));
        await using var content = File.OpenRead(file);
        Assert.Equal(BlobWriteOutcome.Created, (await _library.Blobs!.WriteAsync(digest, content, Limit.Token)).Outcome);
        return digest;
    }

    private sealed class Source(Func<string, Func<CreateProgress, Task>, Task<CreateFailure?>> fetch) : IModelSource
    {
        public Task<CreateFailure?> FetchAsync(string name, Func<CreateProgress, Task> report, CancellationToken cancellation) => fetch(name, report);
    }
}
