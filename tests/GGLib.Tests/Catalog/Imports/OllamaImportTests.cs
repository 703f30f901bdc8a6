using System.Security.Cryptography;
using GGLib.Catalog;
using GGLib.Catalog.Imports;
using GGLib.Gguf;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Catalog.Imports;

public sealed class OllamaImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero));
    private readonly OllamaFolder _ollama;
    private readonly ModelCatalog _catalog;

    public OllamaImportTests()
    {
        _ollama = new OllamaFolder(_folder["ollama"]);
        _catalog = ModelCatalog.Open(_folder["data"], _time);
    }

    private ModelStore Store => new(StoreKind.Ollama, _ollama.Path);

    public void Dispose()
    {
        _catalog.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_model_is_what_its_layers_say_and_its_weights_stay_where_they_are()
    {
        var weights = Weights(2048);
        var manifest = _ollama.Manifest(
            "registry.ollama.ai/library/qwen3/0.6b",
            """{"model_format":"gguf","requires":"0.12.0"}""",
            ("model", weights),
            ("template", _ollama.Blob("{{ .Prompt }}")),
            ("system", _ollama.Blob("Du bist höflich.")),
            ("params", _ollama.Blob("""{"temperature":0.6,"stop":["<|im_end|>","</s>"],"top_k":"twenty","mirostat":2}""")),
            ("license", _ollama.Blob("Apache")),
            ("license", _ollama.Blob("MIT")),
            ("messages", _ollama.Blob("""[{"role":"user","content":"hi"},{"role":"assistant","content":"ho"}]""")),
            ("something.new", _ollama.Blob("?")));

        var report = Import();

        Assert.Empty(report.Problems);
        var model = Assert.Single(report.Added);
        Assert.Equal(("qwen3:0.6b", _ollama.BlobPath(weights), 2048, _ollama.Path), (model.Name.Display, model.Path, model.Facts.ContextLength, model.Store));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(manifest))), model.Digest);
        var profile = Reopened("qwen3:0.6b").Profile;
        Assert.Equal(("{{ .Prompt }}", true, "Du bist höflich.", "ollama", "0.12.0"), (profile.Template, profile.PrefersFileTemplate, profile.System, profile.Source, profile.Requires));
        Assert.Equal("""{"mirostat":2,"stop":["<|im_end|>","</s>"],"temperature":0.6}""", profile.Parameters!.Value.GetRawText());
        Assert.Equal(["Apache", "MIT"], profile.Licenses);
        Assert.Equal([("user", "hi"), ("assistant", "ho")], profile.Messages.Select(static message => (message.Role, message.Content)));
    }

    [Theory]
    [InlineData("registry.ollama.ai/library/phi3/latest", "phi3:latest")]
    [InlineData("registry.ollama.ai/somebody/phi3/8b", "somebody/phi3:8b")]
    [InlineData("hf.co/unsloth/Qwen3-0.6B-GGUF/Q4_K_M", "hf.co/unsloth/Qwen3-0.6B-GGUF:Q4_K_M")]
    [InlineData("localhost:5000/me/x/latest", "localhost:5000/me/x:latest")]
    public void Names_are_those_that_Ollama_shows(string path, string name)
    {
        _ollama.Manifest(path, ("model", Weights()));

        Assert.Equal(name, Assert.Single(Import().Added).Name.Display);
        Assert.NotNull(_catalog.Find(name));
    }

    [Fact]
    public void Projector_and_adapter_are_those_of_the_manifest_whatever_else_lies_among_the_blobs()
    {
        var projector = _ollama.Blob(new GgufWriter().Add("general.architecture", "clip").Add("clip.has_vision_encoder", true).ToArray());
        new GgufWriter().Add("general.architecture", "clip").Write(Path.Combine(_ollama.Path, "blobs", "mmproj-stray.gguf"));
        var adapter = _ollama.Blob(new GgufWriter().Add("general.architecture", "llama").Add("general.type", "adapter").ToArray());
        _ollama.Manifest("registry.ollama.ai/library/blind/latest", ("model", Weights(1)));
        _ollama.Manifest("registry.ollama.ai/library/sees/latest", ("model", Weights(2)), ("projector", projector), ("adapter", adapter));

        Assert.Empty(Import().Problems);

        Assert.Null(Reopened("blind").ProjectorPath);
        var sees = Reopened("sees");
        Assert.Equal(_ollama.BlobPath(projector), sees.ProjectorPath);
        Assert.True(sees.Facts.Can(Capability.Vision));
        Assert.Equal([_ollama.BlobPath(adapter)], sees.Profile.Adapters);
        Assert.Equal([FileRole.Weights, FileRole.Projector, FileRole.Adapter], sees.Files.Select(static file => file.Role));
    }

    [Fact]
    public void A_blob_under_its_old_name_is_found()
    {
        var digest = Weights();
        File.Move(_ollama.BlobPath(digest), Path.Combine(_ollama.Path, "blobs", digest));
        _ollama.Manifest("registry.ollama.ai/library/old/latest", ("model", digest));

        Assert.Equal(Path.Combine(_ollama.Path, "blobs", digest), Assert.Single(Import().Added).Path);
    }

    [Fact]
    public void What_is_wrong_with_one_model_is_one_sentence_and_the_others_are_taken()
    {
        var good = Weights();
        var absent = "sha256:" + new string('a', 64);
        _ollama.Manifest("registry.ollama.ai/library/good/latest", ("model", good));
        _ollama.Manifest("registry.ollama.ai/library/missing/latest", ("model", absent));
        _ollama.Manifest("registry.ollama.ai/library/no-template/latest", ("model", good), ("template", absent));
        _ollama.Manifest("registry.ollama.ai/library/tensors/latest", """{"model_format":"safetensors"}""", ("tensor", good), ("json", good));
        _ollama.Manifest("registry.ollama.ai/library/gpt-oss/120b-cloud", """{"model_format":"","remote_host":"https://ollama.com:443","remote_model":"gpt-oss:120b"}""");
        _ollama.Manifest("registry.ollama.ai/library/text/latest", ("model", _ollama.Blob("no model at all")));
        _ollama.Manifest("registry.ollama.ai/library/params/latest", ("model", good), ("params", _ollama.Blob("[1]")));
        _ollama.Manifest("registry.ollama.ai/library/words/latest", ("model", good), ("system", _ollama.Blob([0xff, 0xfe])));
        _ollama.Manifest("registry.ollama.ai/library/talk/latest", ("model", good), ("messages", _ollama.Blob("""[{"content":"hi"}]""")));
        _ollama.Raw("registry.ollama.ai/library/cut/latest", """{"layers":[{"mediaType":""");
        _ollama.Raw("registry.ollama.ai/library/empty/latest", "");
        _ollama.Raw("registry.ollama.ai/library/list/latest", "[]");
        _ollama.Raw("registry.ollama.ai/library/.DS_Store", "x");
        _ollama.Raw("registry.ollama.ai/library/bad name/latest", "{}");

        var report = Import();

        Assert.Equal("good:latest", Assert.Single(_catalog.List()).Name.Display);
        Assert.All(report.Problems, static problem => Assert.DoesNotContain('\n', problem));
        Assert.Collection(
            report.Problems.Order(StringComparer.Ordinal),
            static problem => Assert.Contains("bad name/latest' is not the path of a manifest", problem, StringComparison.Ordinal),
            static problem => Assert.Matches("'cut:latest': the manifest '.*' is damaged\\.$", problem),
            static problem => Assert.Matches("'empty:latest': the manifest '.*' is empty\\.$", problem),
            static problem => Assert.Equal("'gpt-oss:120b-cloud': it is computed by https://ollama.com:443, not by this machine.", problem),
            static problem => Assert.Matches("'list:latest': the manifest '.*' has no layers\\.$", problem),
            static problem => Assert.Equal("'missing:latest': its blob sha256-aaaaaaaaaaaa (model) is missing.", problem),
            static problem => Assert.Equal("'no-template:latest': its blob sha256-aaaaaaaaaaaa (template) is missing.", problem),
            static problem => Assert.Matches("'params:latest': its blob sha256-[0-9a-f]{12} \\(params\\) is damaged or too large\\.$", problem),
            static problem => Assert.Matches("'talk:latest': its blob sha256-[0-9a-f]{12} \\(messages\\) is damaged or too large\\.$", problem),
            static problem => Assert.Equal("'tensors:latest': its weights are safetensors, and only GGUF can be run.", problem),
            static problem => Assert.Matches("'text:latest': '.*' cannot be used: .*GGUF", problem),
            static problem => Assert.Matches("'words:latest': its blob sha256-[0-9a-f]{12} \\(system\\) is damaged or too large\\.$", problem));
    }

    [Theory]
    [InlineData("sha256:../../../../etc/passwd")]
    [InlineData("../../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("sha256:aaaa")]
    [InlineData("")]
    public void A_digest_that_is_none_refuses_the_manifest(string digest)
    {
        _ollama.Manifest("registry.ollama.ai/library/evil/latest", ("model", digest));

        Assert.Contains("has a layer without a valid digest", Assert.Single(Import().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_outside_the_blobs_refuses_the_manifest()
    {
        _ollama.Raw("registry.ollama.ai/library/evil/latest", $$"""{"config":{"digest":"../../x"},"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"{{Weights()}}"}]}""");

        Assert.Contains("has a configuration without a valid digest", Assert.Single(Import().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Huge_and_deep_manifests_are_refused_without_being_read()
    {
        var huge = _ollama.Raw("registry.ollama.ai/library/huge/latest", "{}");
        using (var file = File.OpenWrite(huge))
        {
            file.SetLength(100_000_000);
        }

        _ollama.Raw("registry.ollama.ai/library/deep/latest", new string('[', 100_000));
        _ollama.Raw("registry.ollama.ai/library/many/latest", $$"""{"layers":[{{string.Join(',', Enumerable.Repeat("{}", 300))}}]}""");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var problems = Import().Problems;

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
        Assert.Collection(
            problems.Order(StringComparer.Ordinal),
            static problem => Assert.EndsWith("is damaged.", problem, StringComparison.Ordinal),
            static problem => Assert.EndsWith("is larger than 1048576 bytes.", problem, StringComparison.Ordinal),
            static problem => Assert.EndsWith("has more than 256 layers.", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_in_the_store_is_written()
    {
        _ollama.Manifest("registry.ollama.ai/library/x/latest", ("model", Weights()), ("system", _ollama.Blob("s")));
        string[] Everything() => [.. new DirectoryInfo(_ollama.Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(static entry => $"{entry.FullName} {(entry as FileInfo)?.Length} {entry.LastWriteTimeUtc.Ticks}").Order(StringComparer.Ordinal)];
        var before = Everything();

        Import();
        Assert.True(_catalog.Remove("x"));
        Assert.Empty(_catalog.List());
        Assert.NotNull(_catalog.RemoveStore(Store));

        Assert.Equal(before, Everything());
    }

    private ImportReport Import() => _catalog.Import(Store, TestContext.Current.CancellationToken);

    private string Weights(uint contextLength = 1024) => _ollama.Blob(new GgufWriter()
        .Add("general.architecture", "llama").Add("llama.context_length", contextLength).AddZeros("token_embd.weight", GgufTensorType.F32, 4, 2).ToArray());

    private CatalogModel Reopened(string name)
    {
        using var catalog = ModelCatalog.Open(_folder["data"], _time);
        return catalog.Find(name)!;
    }
}
