using GGLib.Catalog;
using GGLib.Gguf;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Catalog;

public sealed class ModelCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_catalog_is_empty_and_makes_its_folder()
    {
        using var catalog = ModelCatalog.Open(_folder["deep/data"], _time);

        Assert.Empty(catalog.List());
        Assert.Null(catalog.Find("x"));
        Assert.True(File.Exists(_folder["deep/data/catalog.db"]));
    }

    [Fact]
    public void Models_survive_a_restart_unchanged()
    {
        CatalogModel added;
        using (var catalog = Open())
        {
            var result = catalog.Add(_folder.Model("Tiny-Q8_0.gguf", 2048));
            Assert.Equal((AddOutcome.Added, true), (result.Outcome, result.Succeeded));
            added = result.Model!;
        }

        _time.Advance(TimeSpan.FromDays(1));
        using var reopened = Open();
        var model = Assert.Single(reopened.List());

        Assert.Equal("Tiny-Q8_0:latest", model.Name.Display);
        Assert.Equal(_folder["Tiny-Q8_0.gguf"], model.Path);
        Assert.Equal(new FileInfo(model.Path).Length, model.SizeBytes);
        Assert.Equal(new DateTimeOffset(File.GetLastWriteTimeUtc(model.Path)), model.ModifiedAt);
        Assert.Equal(new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero), model.AddedAt);
        Assert.Matches("^[0-9a-f]{64}$", model.Digest);
        Assert.Equal((2048, FileState.Ready, false), (model.Facts.ContextLength, model.State, model.IsTransient));
        Assert.Equal(added.Facts.Capabilities, model.Facts.Capabilities);
        Assert.Equal(added.Files, model.Files);
        Assert.Equal(added with { Facts = model.Facts, Name = model.Name, Files = model.Files }, model);
    }

    [Fact]
    public void All_facts_of_a_real_model_survive_a_restart()
    {
        ModelFacts facts;
        using (var catalog = Open())
        {
            facts = catalog.Add(Repository.Model("demo-chat"), "demo").Model!.Facts;
        }

        using var reopened = Open();
        var model = reopened.Find("demo")!;

        Assert.Equal(facts, model.Facts with { Capabilities = facts.Capabilities, NamedTemplates = facts.NamedTemplates });
        Assert.Equal(facts.Capabilities, model.Facts.Capabilities);
        Assert.Equal(["completion", "tools", "insert", "thinking"], model.Facts.Capabilities);
    }

    [Theory]
    [InlineData("Phi")]
    [InlineData("phi")]
    [InlineData("PHI:LATEST")]
    [InlineData("phi:latest")]
    [InlineData("library/phi")]
    [InlineData("registry.ollama.ai/library/phi:latest")]
    [InlineData("https://registry.ollama.ai/library/phi")]
    [InlineData(" phi ")]
    [InlineData("phi:local")]
    public void A_model_is_found_by_every_spelling(string requested)
    {
        using var catalog = Open();
        catalog.Add(_folder.Model("a.gguf"), "Phi");
        catalog.Add(_folder.Model("b.gguf"), "phi:v2");

        Assert.Equal("Phi:latest", catalog.Find(requested)?.Name.Display);
    }

    [Theory]
    [InlineData("phi:v1")]
    [InlineData("me/phi")]
    [InlineData("hf.co/library/phi")]
    [InlineData("phi:cloud")]
    [InlineData("ph")]
    [InlineData("a b")]
    [InlineData("")]
    public void Another_name_is_not_found(string requested)
    {
        using var catalog = Open();
        catalog.Add(_folder.Model("a.gguf"), "phi");

        Assert.Null(catalog.Find(requested));
    }

    [Fact]
    public void The_list_has_the_newest_file_first()
    {
        using var catalog = Open();
        catalog.Add(_folder.Model("old.gguf", minute: 1));
        catalog.Add(_folder.Model("new.gguf", minute: 3));
        catalog.Add(_folder.Model("mid.gguf", minute: 2));

        Assert.Equal(["new:latest", "mid:latest", "old:latest"], catalog.List().Select(model => model.Name.Display));
    }

    [Fact]
    public void Adding_ends_in_a_named_outcome()
    {
        using var catalog = Open();
        var model = _folder.Model("m.gguf");
        File.WriteAllText(_folder["text.gguf"], "This is no model.");
        File.WriteAllBytes(_folder["empty.gguf"], []);
        File.WriteAllBytes(_folder["cut.gguf"], File.ReadAllBytes(model)[..^8]);
        Directory.CreateDirectory(_folder["folder"]);
        new GgufWriter().Add("general.architecture", "clip").Write(_folder["mmproj.gguf"]);
        new GgufWriter().Add("general.architecture", "llama").Add("general.type", "adapter").Write(_folder["lora.gguf"]);

        Expect(AddOutcome.NotFound, catalog.Add(_folder["gone.gguf"]), "no file");
        Expect(AddOutcome.NotGguf, catalog.Add(_folder["text.gguf"]), "does not begin with 'GGUF'");
        Expect(AddOutcome.NotGguf, catalog.Add(_folder["empty.gguf"]), "is empty");
        Expect(AddOutcome.NotGguf, catalog.Add(_folder["cut.gguf"]), "incomplete");
        Expect(AddOutcome.NotGguf, catalog.Add(_folder["folder"]), "folder");
        Expect(AddOutcome.NotAModel, catalog.Add(_folder["mmproj.gguf"]), "projector");
        Expect(AddOutcome.NotAModel, catalog.Add(_folder["lora.gguf"]), "adapter");
        Expect(AddOutcome.InvalidName, catalog.Add(model, "a b"), "not a valid model name");
        Expect(AddOutcome.InvalidName, catalog.Add(model, "x:cloud"), "not a valid model name");
        Assert.Empty(catalog.List());
        Expect(AddOutcome.Added, catalog.Add(model, "n"), "Added");
        Expect(AddOutcome.Replaced, catalog.Add(model, "N:latest"), "m.gguf");
        Expect(AddOutcome.NameTaken, catalog.Add(_folder.Model("other.gguf"), "n"), "m.gguf");
        Expect(AddOutcome.Replaced, catalog.Add(_folder["other.gguf"], "n", replace: true), "other.gguf");
        File.Delete(_folder["other.gguf"]);
        Expect(AddOutcome.Replaced, catalog.Add(model, "n"), "m.gguf");
        Assert.Equal(model, Assert.Single(catalog.List()).Path);
    }

    [Fact]
    public void A_refused_name_leaves_the_model_that_has_it()
    {
        using var catalog = Open();
        catalog.Add(_folder.Model("a.gguf"), "n");

        var result = catalog.Add(_folder.Model("b.gguf"), "n");

        Assert.False(result.Succeeded);
        Assert.Equal(_folder["a.gguf"], result.Model?.Path);
        Assert.Equal(_folder["a.gguf"], catalog.Find("n")?.Path);
    }

    [Fact]
    public void Relative_paths_are_stored_absolute()
    {
        using var catalog = Open();
        var model = _folder.Model("a.gguf");

        Assert.Equal(model, catalog.Add(Path.GetRelativePath(Environment.CurrentDirectory, model)).Model?.Path);
    }

    [Fact]
    public void Removing_forgets_the_name_and_leaves_the_file()
    {
        using var catalog = Open();
        var path = _folder.Model("a.gguf");
        catalog.Add(path, "one");
        catalog.Add(path, "two");

        Assert.True(catalog.Remove("ONE:latest"));
        Assert.False(catalog.Remove("one"));
        Assert.False(catalog.Remove("a b"));
        Assert.Equal("two:latest", Assert.Single(catalog.List()).Name.Display);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_split_model_is_one_model()
    {
        using var catalog = Open();
        _folder.Model("big-00001-of-00002.gguf", minute: 1, part: (0, 2));
        var second = _folder.Model("big-00002-of-00002.gguf", minute: 9, part: (1, 2));

        var model = catalog.Add(second).Model!;

        Assert.Equal(("big:latest", _folder["big-00001-of-00002.gguf"], 16), (model.Name.Display, model.Path, model.Facts.ParameterCount));
        Assert.Equal(2 * new FileInfo(second).Length, model.SizeBytes);
        Assert.Equal(new DateTimeOffset(File.GetLastWriteTimeUtc(second)), model.ModifiedAt);
        _folder.Model("big-00002-of-00002.gguf");
        Expect(AddOutcome.NotGguf, catalog.Add(model.Path), "'big-00002-of-00002.gguf' is not a part of a split model");
        File.Delete(second);
        Assert.Equal(FileState.Missing, catalog.Find("big")!.State);
        Expect(AddOutcome.NotFound, catalog.Add(model.Path), "big-00002-of-00002.gguf");
    }

    [Fact]
    public void A_linked_file_is_measured_by_what_it_links_to()
    {
        using var catalog = Open();
        var blob = _folder.Model("blob");
        File.CreateSymbolicLink(_folder["link.gguf"], blob);

        var model = catalog.Add(_folder["link.gguf"]).Model!;

        Assert.Equal(new FileInfo(blob).Length, model.SizeBytes);
        File.Delete(blob);
        Assert.True(catalog.Find("link")!.IsMissing);
    }

    [Fact]
    public void A_changed_file_is_read_again_when_asked_for()
    {
        using var catalog = Open();
        var before = catalog.Add(_folder.Model("a.gguf", 1024, minute: 1)).Model!;
        _folder.Model("a.gguf", 4096, minute: 2);

        var after = catalog.Find("a")!;

        Assert.Equal(4096, after.Facts.ContextLength);
        Assert.NotEqual(before.Digest, after.Digest);
        Assert.Equal(new DateTimeOffset(File.GetLastWriteTimeUtc(after.Path)), after.ModifiedAt);
        Assert.Equal(after, Assert.Single(catalog.List()));
        Assert.Equal(_time.GetUtcNow(), after.ChangedAt);
        using var reopened = Open();
        Assert.Equal(after.Digest, reopened.Find("a")!.Digest);
    }

    [Fact]
    public void The_list_sees_changed_and_vanished_files_after_a_moment()
    {
        using var catalog = Open();
        catalog.Add(_folder.Model("a.gguf", 1024, minute: 1));
        catalog.Add(_folder.Model("b.gguf", 1024, minute: 2));
        _folder.Model("a.gguf", 4096, minute: 3);
        File.Delete(_folder["b.gguf"]);

        _time.Advance(ModelCatalog.RefreshInterval);
        var list = catalog.List();

        Assert.Equal([("a:latest", 4096, FileState.Ready), ("b:latest", 1024, FileState.Missing)], list.Select(model => (model.Name.Display, model.Facts.ContextLength, model.State)));
    }

    [Fact]
    public void A_vanished_file_that_comes_back_is_served_again()
    {
        using var catalog = Open();
        var path = _folder.Model("a.gguf");
        catalog.Add(path);
        File.Move(path, path + ".away");
        Assert.True(catalog.Find("a")!.IsMissing);
        File.Move(path + ".away", path);

        Assert.Equal(FileState.Ready, catalog.Find("a")!.State);
    }

    [Fact]
    public void A_file_that_became_something_else_is_not_served()
    {
        using var catalog = Open();
        var path = _folder.Model("a.gguf", 2048);
        catalog.Add(path);
        File.WriteAllText(path, "a download that has only begun");

        Assert.Equal((FileState.Unreadable, 2048), (catalog.Find("a")!.State, catalog.Find("a")!.Facts.ContextLength));
        _folder.Model("a.gguf", 512, minute: 7);
        Assert.Equal((FileState.Ready, 512), (catalog.Find("a")!.State, catalog.Find("a")!.Facts.ContextLength));
    }

    [Fact]
    public void A_file_that_vanished_while_nobody_served_is_missing_at_once()
    {
        using (var catalog = Open())
        {
            catalog.Add(_folder.Model("a.gguf", 2048));
        }

        File.Delete(_folder["a.gguf"]);
        using var reopened = Open();

        Assert.Equal((FileState.Missing, 2048), (Assert.Single(reopened.List()).State, reopened.List()[0].Facts.ContextLength));
    }

    [Fact]
    public void Facts_of_another_revision_are_read_again()
    {
        using (var catalog = Open())
        {
            catalog.Add(_folder.Model("a.gguf", 2048));
        }

        Sql("UPDATE models SET facts_revision = 0, facts = '{}'");
        using var reopened = Open();

        Assert.Equal(2048, reopened.Find("a")!.Facts.ContextLength);
    }

    [Fact]
    public void A_transient_model_is_gone_after_a_restart_and_gives_way_to_a_stored_one()
    {
        var demo = _folder.Model("demo.gguf", 1);
        using (var catalog = Open())
        {
            Assert.Equal(AddOutcome.Added, catalog.AddTransient(demo, "demo").Outcome);
            Assert.True(catalog.Find("demo")!.IsTransient);
            Assert.Equal(AddOutcome.Added, catalog.Add(_folder.Model("real.gguf", 2), "demo").Outcome);
            Assert.Equal((2, false), (Assert.Single(catalog.List()).Facts.ContextLength, catalog.Find("demo")!.IsTransient));
            Assert.Equal(AddOutcome.Added, catalog.AddTransient(demo, "other").Outcome);
        }

        using var reopened = Open();
        Assert.Equal("demo:latest", Assert.Single(reopened.List()).Name.Display);
    }

    [Fact]
    public void A_logged_model_is_its_name()
    {
        using var catalog = Open();
        var model = catalog.Add(Repository.Model("demo-chat"), "demo").Model!;

        Assert.Equal(("demo:latest", "llama 3.48M Q8_0"), (model.ToString(), model.Facts.ToString()));
    }

    [Fact]
    public void A_catalog_in_memory_writes_nothing()
    {
        using var catalog = ModelCatalog.OpenInMemory(_time);
        var files = Directory.GetFiles(_folder.Path).Length;

        Assert.True(catalog.Add(_folder.Model("a.gguf", 1)).Succeeded);
        _folder.Model("a.gguf", 2, minute: 9);
        Assert.Equal(2, catalog.Find("a")!.Facts.ContextLength);
        Assert.True(catalog.Remove("a"));
        Assert.Empty(catalog.List());
        Assert.Equal(files + 1, Directory.GetFiles(_folder.Path).Length);
    }

    private ModelCatalog Open() => ModelCatalog.Open(_folder["data"], _time);

    private void Sql(string statement)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder["data/catalog.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own constants.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static void Expect(AddOutcome outcome, AddResult result, string message)
    {
        Assert.Equal(outcome, result.Outcome);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
    }
}
