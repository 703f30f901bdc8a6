using GGLib.Catalog;
using GGLib.Gguf;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Catalog;

/// <summary>Projectors beside their models, and folders as people have them.</summary>
public sealed class ProjectorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_only_projector_of_a_folder_goes_with_its_only_model()
    {
        using var catalog = Open();
        var projector = Projector("mmproj-model-f16.gguf");
        var model = catalog.Add(_folder.Model("a-Q4_K_M.gguf")).Model!;

        Assert.Equal(projector, model.ProjectorPath);
        Assert.True(model.Facts.Can(Capability.Vision));
        Assert.Equal(new FileInfo(projector).Length + new FileInfo(model.Path).Length, model.SizeBytes);
        using var reopened = Open();
        Assert.Equal((projector, model.Digest, true), (reopened.Find("a-Q4_K_M")!.ProjectorPath, reopened.Find("a-Q4_K_M")!.Digest, reopened.Find("a-Q4_K_M")!.Facts.Can(Capability.Vision)));
    }

    [Fact]
    public void A_projector_that_hears_gives_audio()
    {
        using var catalog = Open();
        new GgufWriter().Add("general.architecture", "clip").Add("clip.has_audio_encoder", true).Write(_folder["mmproj-x.gguf"]);

        Assert.Equal(["completion", "audio"], catalog.Add(_folder.Model("x.gguf")).Model!.Facts.Capabilities);
    }

    [Fact]
    public void Names_decide_in_a_folder_of_many_models()
    {
        using var catalog = Open();
        var gemma = Projector("mmproj-gemma-3-4b-it-BF16.gguf");
        var better = Projector("mmproj-gemma-3-4b-it-f16.gguf", fileType: 1);
        var qwen = Projector("odd.gguf", baseName: "Qwen2.5-VL");
        Base("qwen.gguf", "Qwen2.5-VL", 64);

        Assert.Equal(better, catalog.Add(_folder.Model("gemma-3-4b-it-Q4_K_M.gguf")).Model!.ProjectorPath);
        Assert.Equal(qwen, catalog.Add(_folder["qwen.gguf"]).Model!.ProjectorPath);
        Assert.Null(catalog.Add(_folder.Model("other.gguf")).Model!.ProjectorPath);
        Assert.NotEqual(gemma, better);
    }

    [Fact]
    public void A_projector_of_another_width_is_not_taken()
    {
        using var catalog = Open();
        var fitting = Projector("mmproj-large.gguf", baseName: "gemma-3", width: 128);
        Base("small.gguf", "gemma-3", 64);
        Base("big.gguf", "gemma-3", 128);

        Assert.Null(catalog.Add(_folder["small.gguf"]).Model!.ProjectorPath);
        Assert.Equal(fitting, catalog.Add(_folder["big.gguf"]).Model!.ProjectorPath);
    }

    [Fact]
    public void Two_different_projectors_leave_a_doubt()
    {
        using var catalog = Open();
        Projector("mmproj-one.gguf");
        Projector("mmproj-two.gguf");

        Assert.Null(catalog.Add(_folder.Model("a.gguf")).Model!.ProjectorPath);
    }

    [Fact]
    public void A_named_projector_is_kept_and_missed()
    {
        using var catalog = Open();
        Directory.CreateDirectory(_folder["elsewhere"]);
        var named = Projector("elsewhere/eyes.gguf");
        var path = _folder.Model("a.gguf");
        var without = catalog.Add(path).Model!;

        var with = catalog.Add(path, projector: ProjectorChoice.File(named)).Model!;
        Assert.Equal(named, with.ProjectorPath);
        Assert.NotEqual(without.Digest, with.Digest);
        Assert.Equal(named, catalog.Add(path).Model!.ProjectorPath);
        File.Delete(named);

        Assert.Equal((FileState.Missing, $"There is no projector '{named}'."), (catalog.Find("a")!.State, catalog.Find("a")!.Problem));
        Assert.Null(catalog.Add(path, projector: ProjectorChoice.None).Model!.ProjectorPath);
        Assert.Equal(AddOutcome.NotAModel, catalog.Add(path, projector: ProjectorChoice.File(path)).Outcome);
    }

    [Fact]
    public void A_projector_that_vanishes_or_changes_is_seen_at_the_next_request()
    {
        using var catalog = Open();
        var projector = Projector("mmproj-a.gguf");
        var before = catalog.Add(_folder.Model("a.gguf")).Model!;
        File.SetLastWriteTimeUtc(projector, new DateTime(2026, 3, 4, 5, 6, 7, DateTimeKind.Utc));

        var changed = catalog.Find("a")!;
        Assert.NotEqual(before.Digest, changed.Digest);
        Assert.Null(changed.ChangedAt);
        File.Delete(projector);
        var blind = catalog.Find("a")!;
        Assert.Equal((null, FileState.Ready, false), (blind.ProjectorPath, blind.State, blind.Facts.Can(Capability.Vision)));
    }

    [Fact]
    public void A_folder_gives_models_once_and_says_what_it_leaves_out()
    {
        using var catalog = Open();
        Directory.CreateDirectory(_folder["models/sub"]);
        _folder.Model("models/a.gguf");
        Projector("models/mmproj-a.gguf");
        new GgufWriter().Add("general.architecture", "llama").Add("general.type", "adapter").Write(_folder["models/lora.gguf"]);
        _folder.Model("models/sub/big-00002-of-00003.gguf");
        File.CreateSymbolicLink(_folder["models/sub/again.gguf"], _folder["models/a.gguf"]);
        Directory.CreateSymbolicLink(_folder["models/sub/loop"], _folder["models"]);

        var scanned = ModelFolder.Scan(_folder["models"], TestContext.Current.CancellationToken);
        var results = catalog.AddFolder(scanned).ToDictionary(result => Path.GetFileName(result.Path));

        Assert.Equal(["a.gguf", "big-00001-of-00003.gguf", "lora.gguf", "mmproj-a.gguf"], results.Keys.Order());
        Assert.Equal(_folder["models/mmproj-a.gguf"], results["a.gguf"].Model?.ProjectorPath);
        Assert.Equal(AddOutcome.NotAModel, results["lora.gguf"].Outcome);
        Assert.Equal(AddOutcome.NotFound, results["big-00001-of-00003.gguf"].Outcome);
        Assert.Contains("incomplete", results["big-00001-of-00003.gguf"].Message, StringComparison.Ordinal);
        Assert.Contains("again.gguf", Assert.Single(scanned.Notes), StringComparison.Ordinal);
        Assert.Single(catalog.List());
    }

    [Fact]
    public void Strange_paths_are_one_sentence()
    {
        using var catalog = Open();

        Assert.Equal(AddOutcome.NotFound, catalog.Add("a\0b.gguf").Outcome);
        Assert.Equal(AddOutcome.NotFound, catalog.Add(_folder[new string('x', 10_000) + ".gguf"]).Outcome);
        Assert.Contains("UTF-8", catalog.Add(_folder["\uFFFD.gguf"]).Message, StringComparison.Ordinal);
        Assert.Equal(AddOutcome.NotFound, catalog.Add(_folder["x-00001-of-99999.gguf"]).Outcome);
        File.CreateSymbolicLink(_folder["circle.gguf"], _folder["circle.gguf"]);
        Assert.Equal(AddOutcome.NotFound, catalog.Add(_folder["circle.gguf"]).Outcome);
    }

    [Fact]
    public void A_file_under_two_paths_may_have_one_name()
    {
        using var catalog = Open();
        Directory.CreateDirectory(_folder["links"]);
        var path = _folder.Model("a.gguf");
        File.CreateSymbolicLink(_folder["links/a.gguf"], path);
        catalog.Add(path);

        Assert.Equal(AddOutcome.Replaced, catalog.Add(_folder["links/a.gguf"]).Outcome);
        Assert.Equal(AddOutcome.NameTaken, catalog.Add(_folder.Model("A.gguf")).Outcome);
    }

    private ModelCatalog Open() => ModelCatalog.Open(_folder["data"], _time);

    private string Projector(string file, string? baseName = null, uint? width = null, uint? fileType = null)
    {
        var writer = new GgufWriter().Add("general.architecture", "clip").Add("general.type", "mmproj").Add("clip.has_vision_encoder", true);
        writer = baseName is null ? writer : writer.Add("general.basename", baseName);
        writer = fileType is { } type ? writer.Add("general.file_type", type) : writer;
        (width is { } dimension ? writer.Add("clip.vision.projection_dim", dimension) : writer).Write(_folder[file]);
        return _folder[file];
    }

    private void Base(string file, string baseName, uint width) =>
        new GgufWriter().Add("general.architecture", "llama").Add("general.basename", baseName).Add("llama.embedding_length", width)
            .AddZeros("token_embd.weight", GgufTensorType.F32, 4, 2).Write(_folder[file]);
}
