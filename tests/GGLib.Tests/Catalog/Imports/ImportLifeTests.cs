using GGLib.Catalog;
using GGLib.Catalog.Imports;
using GGLib.Gguf;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Catalog.Imports;

/// <summary>Imported stores as time goes by: what comes, what goes, and what the user's own names do to it.</summary>
public sealed class ImportLifeTests : IDisposable
{
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(4);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly OllamaFolder _ollama;
    private readonly ModelCatalog _catalog;

    public ImportLifeTests()
    {
        _ollama = new OllamaFolder(_folder["ollama"]);
        _catalog = Open();
    }

    private ModelStore Store => new(StoreKind.Ollama, _ollama.Path);

    public void Dispose()
    {
        _catalog.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_new_manifest_is_there_within_seconds_and_a_name_asked_for_at_once()
    {
        Import();
        Manifest("one");
        Assert.Empty(_catalog.List());

        _time.Advance(AWhile);
        Assert.Equal("one:latest", Assert.Single(_catalog.List()).Name.Display);

        Manifest("two");
        _time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.NotNull(_catalog.Find("two"));
    }

    [Fact]
    public void A_start_looks_and_finds_what_has_changed_meanwhile()
    {
        Import();
        Manifest("one");
        var manifest = Manifest("two");

        using (var next = Open())
        {
            Assert.Equal(2, next.List().Length);
        }

        File.Delete(manifest);
        using var last = Open();
        Assert.Equal("one:latest", Assert.Single(last.List()).Name.Display);
        _time.Advance(AWhile);
        Assert.Equal("one:latest", Assert.Single(_catalog.List()).Name.Display);
    }

    [Fact]
    public void A_manifest_that_is_replaced_is_read_again_and_one_that_is_gone_takes_its_model_away()
    {
        var manifest = Manifest("x", system: "before");
        var before = Assert.Single(Import().Added);

        Manifest("x", system: "after it");
        _time.Advance(AWhile);
        var after = Assert.Single(_catalog.List());
        Assert.Equal(("after it", before.AddedAt), (after.Profile.System, after.AddedAt));
        Assert.NotEqual(before.Digest, after.Digest);

        File.Delete(manifest);
        _time.Advance(AWhile);
        Assert.Empty(_catalog.List());
        Assert.Null(_catalog.Find("x"));
    }

    [Fact]
    public void A_store_that_has_not_changed_is_not_read()
    {
        for (var i = 0; i < 100; i++)
        {
            Manifest("m" + i, (uint)(1024 + i));
        }

        Assert.Equal(100, Import().Added.Length);
        using var next = Open();
        var before = GC.GetAllocatedBytesForCurrentThread();
        _time.Advance(AWhile);
        Assert.Equal(100, next.List().Length);
        Assert.Equal(FileState.Ready, next.List()[99].State);

        // Reading one header takes more than this for each model.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Fact]
    public void A_blob_that_goes_leaves_the_model_listed_as_missing_until_it_comes_back()
    {
        Manifest("x");
        var model = Assert.Single(Import().Added);
        File.Move(model.Path, _folder["aside"]);
        _time.Advance(AWhile);
        Assert.Equal(FileState.Missing, Assert.Single(_catalog.List()).State);

        File.Move(_folder["aside"], model.Path);
        _time.Advance(AWhile);
        Assert.Equal((FileState.Ready, model.Digest), (_catalog.List()[0].State, _catalog.List()[0].Digest));
    }

    [Fact]
    public void A_store_whose_disk_is_away_keeps_its_models()
    {
        Manifest("x");
        Import();
        Directory.Move(_ollama.Path, _folder["unplugged"]);
        _time.Advance(AWhile);
        Assert.Equal(FileState.Missing, Assert.Single(_catalog.List()).State);

        Directory.Move(_folder["unplugged"], _ollama.Path);
        _time.Advance(AWhile);
        Assert.Equal(FileState.Ready, Assert.Single(_catalog.List()).State);
    }

    [Fact]
    public void A_name_of_the_users_own_is_never_taken()
    {
        var own = _catalog.Add(_folder.Model("own.gguf"), "x").Model!;
        Manifest("x");

        var report = Import();

        Assert.Empty(report.Added);
        Assert.Equal("'x:latest': the library has a model of this name already.", Assert.Single(report.Problems));
        Assert.Equal(own.Path, _catalog.Find("x")!.Path);

        // When he gives it up, the store's comes to light.
        Assert.True(_catalog.Remove("x"));
        _time.Advance(AWhile);
        Assert.Equal(_ollama.Path, _catalog.Find("x")!.Store);
    }

    [Fact]
    public void A_name_of_a_store_is_free_for_the_user()
    {
        Manifest("x");
        Import();

        var added = _catalog.Add(_folder.Model("own.gguf"), "x");

        Assert.True(added.Succeeded);
        _time.Advance(AWhile);
        var model = Assert.Single(_catalog.List());
        Assert.Equal((_folder["own.gguf"], null, true), (model.Path, model.Store, model.Profile.IsNone));
    }

    [Fact]
    public void A_copy_is_the_users_own()
    {
        var manifest = Manifest("x", system: "s");
        Import();
        _catalog.Copy(_catalog.Find("x")!, Name("mine"));
        File.Delete(manifest);
        _time.Advance(AWhile);

        var model = Assert.Single(_catalog.List());
        Assert.Equal(("mine:latest", null, "s"), (model.Name.Display, model.Store, model.Profile.System));
    }

    [Fact]
    public void A_model_that_is_removed_stays_away_until_the_store_is_imported_again()
    {
        Manifest("x");
        Import();
        Assert.True(_catalog.Remove("x"));
        Manifest("y");
        _time.Advance(AWhile);
        Assert.Equal("y:latest", Assert.Single(_catalog.List()).Name.Display);
        using (var next = Open())
        {
            Assert.Null(next.Find("x"));
        }

        Import();
        Assert.NotNull(_catalog.Find("x"));
    }

    [Fact]
    public void Of_two_stores_the_first_keeps_a_name_until_it_gives_it_up()
    {
        var manifest = Manifest("x");
        Import();
        var second = new OllamaFolder(_folder["second"]);
        second.Manifest("registry.ollama.ai/library/x/latest", ("model", second.Blob(Weights(4096))));
        var report = _catalog.Import(new ModelStore(StoreKind.Ollama, second.Path), TestContext.Current.CancellationToken);
        Assert.Equal($"'x:latest': '{_ollama.Path}' has a model of this name already.", Assert.Single(report.Problems));

        File.Delete(manifest);
        _time.Advance(AWhile);
        _catalog.List();
        _time.Advance(AWhile);
        Assert.Equal(second.Path, Assert.Single(_catalog.List()).Store);
    }

    [Fact]
    public void A_store_that_is_removed_takes_its_models_along_in_every_process()
    {
        Manifest("x");
        Import();
        _catalog.Add(_folder.Model("own.gguf"));
        using var other = Open();
        Assert.Equal(2, other.List().Length);

        Assert.Equal(1, _catalog.RemoveStore(Store));
        Assert.Null(_catalog.RemoveStore(Store));

        _time.Advance(AWhile);
        Assert.Equal("own:latest", Assert.Single(_catalog.List()).Name.Display);
        Assert.Equal("own:latest", Assert.Single(other.List()).Name.Display);
        Assert.Empty(other.Stores);
    }

    [Fact]
    public void What_one_process_imports_another_serves()
    {
        using var other = Open();
        Manifest("x");
        Import();

        Assert.NotNull(other.Find("x"));
        Manifest("y");
        _time.Advance(AWhile);
        Assert.Equal(2, other.List().Length);
    }

    [Fact]
    public void A_store_that_is_declined_is_known_and_not_read()
    {
        Manifest("x");
        _catalog.Decline(Store);

        using var next = Open();
        Assert.True(next.Knows(Store));
        Assert.Empty(next.List());
        Assert.Empty(next.Stores);
        Assert.Single(next.Import(Store, TestContext.Current.CancellationToken).Added);
    }

    private static ModelName Name(string text) => ModelName.TryParse(text, out var name) ? name : throw new InvalidOperationException(text);

    private static byte[] Weights(uint contextLength) =>
        new GgufWriter().Add("general.architecture", "llama").Add("llama.context_length", contextLength).AddZeros("token_embd.weight", GgufTensorType.F32, 4, 2).ToArray();

    private ModelCatalog Open() => ModelCatalog.Open(_folder["data"], _time);

    private ImportReport Import() => _catalog.Import(Store, TestContext.Current.CancellationToken);

    private string Manifest(string model, uint contextLength = 1024, string? system = null) => _ollama.Manifest(
        $"registry.ollama.ai/library/{model}/latest",
        [("model", _ollama.Blob(Weights(contextLength))), .. system is null ? Array.Empty<(string, string)>() : [("system", _ollama.Blob(system))]]);
}
