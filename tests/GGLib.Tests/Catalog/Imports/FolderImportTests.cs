using GGLib.Catalog;
using GGLib.Catalog.Imports;
using GGLib.Gguf;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Catalog.Imports;

/// <summary>Hugging Face's cache, LM Studio's folder, any folder.</summary>
public sealed class FolderImportTests : IDisposable
{
    private const string Revision = "0123456789abcdef0123456789abcdef01234567";
    private const string Older = "1123456789abcdef0123456789abcdef01234567";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ModelCatalog _catalog;

    public FolderImportTests() => _catalog = ModelCatalog.Open(_folder["data"], _time);

    public void Dispose()
    {
        _catalog.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_links_of_a_Hugging_Face_snapshot_are_models_named_by_repository_and_quantisation()
    {
        Cached("unsloth", "Qwen3-0.6B-GGUF", "Qwen3-0.6B-Q4_K_M.gguf");
        Cached("unsloth", "Qwen3-0.6B-GGUF", "Qwen3-0.6B-UD-Q4_K_XL.gguf");
        Cached("a.b", "Plain--dashes", "weights.gguf");
        Cached("a.b", "Told-inside", "weights.gguf", fileType: 15);
        Reference("unsloth", "Qwen3-0.6B-GGUF", Revision);

        var report = Import(StoreKind.HuggingFace, "hub");

        Assert.Empty(report.Problems);
        Assert.Equal(
            ["hf.co/a-b/Plain--dashes:latest", "hf.co/a-b/Told-inside:Q4_K_M", "hf.co/unsloth/Qwen3-0.6B-GGUF:Q4_K_M", "hf.co/unsloth/Qwen3-0.6B-GGUF:UD-Q4_K_XL"],
            report.Added.Select(static model => model.Name.Display).Order(StringComparer.Ordinal));
        var model = _catalog.Find("hf.co/unsloth/qwen3-0.6b-gguf:q4_k_m")!;
        Assert.Equal(("hf", _folder["hub"], Snapshot("unsloth", "Qwen3-0.6B-GGUF", "Qwen3-0.6B-Q4_K_M.gguf")), (model.Profile.Source, model.Store, model.Path));
        Assert.Equal(Path.GetFileName(FileStamp.Target(model.Path)!.Name), _catalog.Sha256Of(model.Files[0]));
    }

    [Fact]
    public void A_split_set_of_links_is_one_model_and_its_projector_goes_with_it()
    {
        for (var no = 0; no < 3; no++)
        {
            Cached("o", "Big-GGUF", $"Q8_0/Big-Q8_0-0000{no + 1}-of-00003.gguf", part: (no, 3));
        }

        Cached("o", "Big-GGUF", "mmproj-BF16.gguf", projector: true);
        Cached("o", "Big-GGUF", "mmproj-F16.gguf", projector: true);

        var model = Assert.Single(Import(StoreKind.HuggingFace, "hub").Added);

        Assert.Equal(("hf.co/o/Big-GGUF:Q8_0", 3), (model.Name.Display, model.PartCount));
        Assert.Equal(Snapshot("o", "Big-GGUF", "mmproj-F16.gguf"), model.ProjectorPath);
        Assert.True(model.Facts.Can(Capability.Vision));
    }

    [Fact]
    public void The_revision_of_main_counts_unless_it_has_no_model()
    {
        Cached("o", "x-GGUF", "x-Q8_0.gguf");
        Cached("o", "x-GGUF", "x-Q4_0.gguf", revision: Older);
        Reference("o", "x-GGUF", Older);
        Assert.Equal("hf.co/o/x-GGUF:Q4_0", Assert.Single(Import(StoreKind.HuggingFace, "hub").Added).Name.Display);

        Directory.CreateDirectory(Path.Combine(_folder["hub"], "models--o--x-GGUF", "snapshots", "readme-only"));
        File.WriteAllText(Path.Combine(_folder["hub"], "models--o--x-GGUF", "snapshots", "readme-only", "config.json"), "{}");
        Reference("o", "x-GGUF", "readme-only");
        Directory.SetLastWriteTimeUtc(Path.Combine(_folder["hub"], "models--o--x-GGUF", "snapshots", Older), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Directory.SetLastWriteTimeUtc(Path.Combine(_folder["hub"], "models--o--x-GGUF", "snapshots", Revision), new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal("hf.co/o/x-GGUF:Q8_0", Assert.Single(Import(StoreKind.HuggingFace, "hub").Added).Name.Display);

        // A reference is a name, not a way out of the cache.
        Reference("o", "x-GGUF", "../../../elsewhere");
        Assert.Equal(1, Import(StoreKind.HuggingFace, "hub").Unchanged);
    }

    [Fact]
    public void A_download_that_has_not_ended_is_a_sentence()
    {
        Cached("o", "x-GGUF", "x-Q8_0.gguf");
        File.Delete(FileStamp.Target(Snapshot("o", "x-GGUF", "x-Q8_0.gguf"))!.FullName);
        Cached("o", "y-GGUF", "y-Q8_0.gguf");

        var report = Import(StoreKind.HuggingFace, "hub");

        Assert.Equal("hf.co/o/y-GGUF:Q8_0", Assert.Single(report.Added).Name.Display);
        Assert.StartsWith("'hf.co/o/x-GGUF:", Assert.Single(report.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void The_folders_of_LM_Studio_are_publishers_and_repositories()
    {
        Directory.CreateDirectory(_folder["lm/lmstudio-community/gemma-3-4b-it-GGUF"]);
        Directory.CreateDirectory(_folder["lm/bartowski/Some.Model-GGUF"]);
        _folder.Model("lm/lmstudio-community/gemma-3-4b-it-GGUF/gemma-3-4b-it-Q4_K_M.gguf");
        new GgufWriter().Add("general.architecture", "clip").Add("clip.has_vision_encoder", true).Write(_folder["lm/lmstudio-community/gemma-3-4b-it-GGUF/mmproj-model-f16.gguf"]);
        _folder.Model("lm/bartowski/Some.Model-GGUF/Some.Model-IQ2_XS.gguf");

        var report = Import(StoreKind.LmStudio, "lm");

        Assert.Empty(report.Problems);
        Assert.Equal(["bartowski/Some.Model-GGUF:IQ2_XS", "lmstudio-community/gemma-3-4b-it-GGUF:Q4_K_M"], report.Added.Select(static model => model.Name.Display).Order(StringComparer.Ordinal));
        Assert.Equal("lmstudio", report.Added[0].Profile.Source);
        Assert.True(_catalog.Find("lmstudio-community/gemma-3-4b-it-GGUF:Q4_K_M")!.Facts.Can(Capability.Vision));
    }

    [Fact]
    public void Any_folder_gives_the_models_below_it_under_their_file_names()
    {
        Directory.CreateDirectory(_folder["any/deep"]);
        _folder.Model("any/a-Q8_0.gguf");
        _folder.Model("any/deep/b.gguf");
        _folder.Model("any/deep/a-Q8_0.gguf");
        File.WriteAllText(_folder["any/broken.gguf"], "not one");
        new GgufWriter().Add("general.architecture", "llama").Add("general.type", "adapter").Write(_folder["any/lora.gguf"]);

        var report = Import(StoreKind.Folder, "any");

        Assert.Equal(["a-Q8_0:latest", "b:latest"], report.Added.Select(static model => model.Name.Display).Order(StringComparer.Ordinal));
        Assert.Equal(2, report.Problems.Length);
        Assert.Contains(report.Problems, static problem => problem.Contains("another file of the folder has the name 'a-Q8_0:latest'", StringComparison.Ordinal));
        Assert.Contains(report.Problems, static problem => problem.Contains("broken.gguf", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_is_known_by_what_is_in_it()
    {
        _ = new OllamaFolder(_folder["o/models"]);
        Cached("a", "b", "b-Q8_0.gguf");
        var usual = new ModelStore(StoreKind.LmStudio, _folder["lm"]);

        Assert.Equal(new(StoreKind.Ollama, _folder["o/models"]), ModelStore.At(_folder["o/models/"], []));
        Assert.Equal(new(StoreKind.Ollama, _folder["o/models"]), ModelStore.At(_folder["o"], []));
        Assert.Equal(new(StoreKind.HuggingFace, _folder["hub"]), ModelStore.At(_folder["hub"], []));
        Assert.Equal(new(StoreKind.HuggingFace, _folder["hub"]), ModelStore.At(_folder.Path, []));
        Assert.Equal(usual, ModelStore.At(_folder["lm"], [usual]));
        Assert.Equal(StoreKind.Folder, ModelStore.At(_folder["data"], []).Kind);
    }

    [Fact]
    public void The_environment_says_where_stores_are()
    {
        string[] Paths(params (string Name, string Value)[] variables) =>
            [.. StoreLocations.Known(name => variables.FirstOrDefault(variable => variable.Name == name).Value, service: null).Select(static store => $"{store.Word} {store.Path}")];
        var home = OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME";
        string At(params string[] names) => Path.GetFullPath(Path.Combine([_folder.Path, .. names]));

        Assert.Equal(
            [$"ollama {At(".ollama", "models")}", $"hf {At(".cache", "huggingface", "hub")}", $"lmstudio {At(".lmstudio", "models")}", $"lmstudio {At(".cache", "lm-studio", "models")}"],
            Paths((home, _folder.Path)));
        Assert.Equal([$"ollama {At("o")}", $"hf {At("h", "hub")}"], Paths(("OLLAMA_MODELS", At("o")), ("HF_HOME", At("h"))));
        Assert.Equal([$"hf {At("c")}"], Paths(("HF_HUB_CACHE", At("c")), ("HF_HOME", At("h"))));
        Assert.Empty(Paths());
    }

    private ImportReport Import(StoreKind kind, string folder) => _catalog.Import(new ModelStore(kind, _folder[folder]), TestContext.Current.CancellationToken);

    private string Snapshot(string owner, string repository, string file) => Path.Combine([_folder["hub"], $"models--{owner}--{repository}", "snapshots", Revision, .. file.Split('/')]);

    private void Reference(string owner, string repository, string revision)
    {
        Directory.CreateDirectory(Path.Combine(_folder["hub"], $"models--{owner}--{repository}", "refs"));
        File.WriteAllText(Path.Combine(_folder["hub"], $"models--{owner}--{repository}", "refs", "main"), revision);
    }

    // As huggingface_hub does: the content in blobs, named by its SHA-256, and a relative link in the snapshot.
    private void Cached(string owner, string repository, string file, string revision = Revision, (int No, int Count)? part = null, bool projector = false, uint? fileType = null)
    {
        var root = Path.Combine(_folder["hub"], $"models--{owner}--{repository}");
        Directory.CreateDirectory(Path.Combine(root, "blobs"));
        var temporary = Path.GetFileName(file) + ".tmp";
        if (projector)
        {
            new GgufWriter().Add("general.architecture", "clip").Add("general.type", "mmproj").Add("clip.has_vision_encoder", true).Add("general.name", file).Write(_folder[temporary]);
        }
        else if (fileType is { } type)
        {
            new GgufWriter().Add("general.architecture", "llama").Add("general.file_type", type).AddZeros("token_embd.weight", GgufTensorType.F32, 4, 2).Write(_folder[temporary]);
        }
        else
        {
            // Two files of the same content would be one.
            _folder.Model(temporary, contextLength: (uint)(1000 + (file.Length * 10) + (part?.No ?? 0)), part: part);
        }

        var blob = Path.Combine(root, "blobs", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(_folder[temporary]))));
        File.Move(_folder[temporary], blob, overwrite: true);
        var link = Path.Combine([root, "snapshots", revision, .. file.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, Path.GetRelativePath(Path.GetDirectoryName(link)!, blob));
    }
}
