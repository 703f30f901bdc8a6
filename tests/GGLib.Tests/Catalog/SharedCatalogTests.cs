using GGLib.Catalog;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Catalog;

/// <summary>Several catalogs on one folder, as <c>gglib add</c> and a running server are; and folders that are not in order.</summary>
public sealed class SharedCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_added_elsewhere_is_found_at_once_and_listed_after_a_moment()
    {
        using var server = Open();
        using var command = Open();
        command.Add(_folder.Model("a.gguf"));

        Assert.Empty(server.List());
        _time.Advance(ModelCatalog.RefreshInterval);
        Assert.Single(server.List());
        command.Add(_folder.Model("b.gguf"));
        Assert.NotNull(server.Find("b"));
    }

    [Fact]
    public void A_model_removed_elsewhere_is_gone_after_a_moment()
    {
        using var server = Open();
        using var command = Open();
        server.Add(_folder.Model("a.gguf"));

        Assert.True(command.Remove("a"));
        _time.Advance(ModelCatalog.RefreshInterval);

        Assert.Null(server.Find("a"));
        Assert.Empty(server.List());
    }

    [Fact]
    public void A_name_taken_elsewhere_a_moment_ago_is_taken()
    {
        using var one = Open();
        using var other = Open();
        one.Add(_folder.Model("a.gguf"), "n");

        Assert.Equal(AddOutcome.NameTaken, other.Add(_folder.Model("b.gguf"), "n").Outcome);
        Assert.Equal(_folder["a.gguf"], other.Find("n")!.Path);
    }

    [Fact]
    public async Task Many_writers_and_readers_lose_nothing()
    {
        const int Writers = 4;
        const int ModelsEach = 12;
        for (var index = 0; index < Writers * ModelsEach; index++)
        {
            _folder.Model($"m{index}.gguf", (uint)index + 1);
        }

        using var shared = Open();
        var work = Enumerable.Range(0, Writers).Select(writer => Task.Run(
            () =>
            {
                using var own = writer % 2 == 0 ? Open() : null;
                var catalog = own ?? shared;
                for (var index = 0; index < ModelsEach; index++)
                {
                    var number = (writer * ModelsEach) + index;
                    Assert.True(catalog.Add(_folder[$"m{number}.gguf"]).Succeeded);
                    Assert.Equal(number + 1, catalog.Find($"m{number}")!.Facts.ContextLength);
                    Assert.All(shared.List(), model => Assert.Equal($"m{model.Facts.ContextLength - 1}", model.Name.Model));
                    _time.Advance(ModelCatalog.RefreshInterval);
                }
            },
            TestContext.Current.CancellationToken));
        await Task.WhenAll(work);

        _time.Advance(ModelCatalog.RefreshInterval);
        Assert.Equal(Writers * ModelsEach, shared.List().Length);
        using var fresh = Open();
        Assert.Equal(Writers * ModelsEach, fresh.List().Length);
    }

    [Fact]
    public async Task Many_processes_may_start_on_an_empty_folder()
    {
        var catalogs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(Open, TestContext.Current.CancellationToken)));

        Assert.All(catalogs, catalog => Assert.Empty(catalog.List()));
        Array.ForEach(catalogs, catalog => catalog.Dispose());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_damaged_database_is_kept_and_reported(bool wholly)
    {
        using (var catalog = Open())
        {
            for (var index = 0; index < 40; index++)
            {
                catalog.Add(_folder.Model("a.gguf"), "n" + index);
            }
        }

        var file = _folder["data/catalog.db"];
        var damaged = File.ReadAllBytes(file);
        damaged.AsSpan(wholly ? 0 : 4096).Fill(0x5A);
        File.WriteAllBytes(file, damaged);

        var message = Assert.Throws<CatalogException>(Open).Message;
        Assert.Throws<CatalogException>(Open);

        Assert.Contains(file, message, StringComparison.Ordinal);
        Assert.Contains("Delete", message, StringComparison.Ordinal);
        var copy = Assert.Single(Directory.GetFiles(_folder["data"], "*.damaged-*"));
        Assert.Contains(copy, message, StringComparison.Ordinal);
        Assert.Equal(damaged, File.ReadAllBytes(copy));
        Assert.Equal(damaged, File.ReadAllBytes(file));
    }

    [Fact]
    public void A_database_of_a_newer_version_is_left_alone()
    {
        Open().Dispose();
        Sql("PRAGMA user_version = 999");

        Assert.Contains("newer gglib", Assert.Throws<CatalogException>(Open).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder["data"], "*.damaged-*"));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_reported()
    {
        File.WriteAllText(_folder["data"], "a file where the folder should be");

        Assert.Contains("cannot be opened", Assert.Throws<CatalogException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_makes_no_sense_is_skipped()
    {
        using (var catalog = Open())
        {
            catalog.Add(_folder.Model("a.gguf"));
        }

        Sql("INSERT INTO models (name_key, name, path, projector_path, size_bytes, modified_ticks, added_ticks, facts_revision, facts) SELECT 'b', 'not a name', path, NULL, 1, -5, 9223372036854775807, 1, 'no json' FROM models");
        Sql("INSERT INTO models (name_key, name, path, projector_path, size_bytes, modified_ticks, added_ticks, facts_revision, facts) SELECT 'c', 'c', path, NULL, 1, -5, 9223372036854775807, 1, 'no json' FROM models WHERE name_key LIKE '%a:latest'");
        using var reopened = Open();

        Assert.Equal(["a:latest", "c:latest"], reopened.List().Select(model => model.Name.Display).Order());
        Assert.Equal(1024, reopened.Find("c")!.Facts.ContextLength);
    }

    [Fact]
    public void Closing_twice_is_harmless_and_the_snapshot_stays_readable()
    {
        var catalog = Open();
        catalog.Add(_folder.Model("a.gguf"));
        catalog.Dispose();
        catalog.Dispose();
        _time.Advance(ModelCatalog.RefreshInterval);

        Assert.Single(catalog.List());
        Assert.NotNull(catalog.Find("a"));
        Assert.Null(catalog.Find("b"));
        Assert.Throws<ObjectDisposedException>(() => catalog.Remove("a"));
    }

    private ModelCatalog Open() => ModelCatalog.Open(_folder["data"], _time);

    private void Sql(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={_folder["data/catalog.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own constants.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
