using GGLib.Catalog;
using Microsoft.Data.Sqlite;

namespace GGLib.Tests.Catalog;

/// <summary>A database that cannot be written just now: one sentence, and everything as it was.</summary>
public sealed class RefusedWriteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void On_a_full_disk_nothing_changes_and_one_sentence_says_so()
    {
        using (var first = ModelCatalog.Open(_folder.Path, TimeProvider.System))
        {
            Assert.True(first.Add(_folder.Model("kept.gguf")).Succeeded);
        }

        // No page more than there are, as on a disk with no room left.
        using (var catalog = ModelCatalog.Open(_folder.Path, TimeProvider.System, new CatalogBounds(MostPages: 1)))
        {
            var failure = Assert.Throws<CatalogException>(() => Fill(catalog));

            Assert.Equal($"There is no room left for the model catalog '{_folder["catalog.db"]}': nothing was changed, free some space and try again.", failure.Message);
            Assert.NotNull(catalog.Find("kept"));
            Assert.Null(catalog.Find($"m{catalog.List().Length - 1}"));
        }

        RequireSoundStore(expected: null);
    }

    [Fact]
    public void A_database_that_another_program_keeps_locked_is_waited_for_and_then_left_as_it_was()
    {
        using (var catalog = ModelCatalog.Open(_folder.Path, TimeProvider.System, new CatalogBounds(BusySeconds: 1)))
        {
            Assert.True(catalog.Add(_folder.Model("kept.gguf")).Succeeded);
            using var other = new SqliteConnection($"Data Source={_folder["catalog.db"]};Pooling=False");
            other.Open();
            using var hold = other.BeginTransaction(deferred: false);

            foreach (var change in (Action[])[() => catalog.Add(_folder.Model("new.gguf")), () => catalog.Remove("kept")])
            {
                var failure = Assert.Throws<CatalogException>(change);
                Assert.Equal($"The model catalog '{_folder["catalog.db"]}' is kept busy by another program: nothing was changed, try again in a moment.", failure.Message);
            }

            Assert.Equal("kept:latest", Assert.Single(catalog.List()).Name.Display);
            hold.Rollback();
            Assert.True(catalog.Add(_folder["new.gguf"]).Succeeded);
        }

        RequireSoundStore(expected: 2);
    }

    // A page has some room of its own, so more than one may fit.
    private void Fill(ModelCatalog catalog)
    {
        for (var index = 0; index < 200; index++)
        {
            Assert.True(catalog.Add(_folder.Model($"m{index}.gguf")).Succeeded);
        }
    }

    private void RequireSoundStore(int? expected)
    {
        using var reopened = ModelCatalog.Open(_folder.Path, TimeProvider.System);
        Assert.NotNull(reopened.Find("kept"));
        Assert.True(expected is null || reopened.List().Length == expected);
        Assert.True(reopened.Add(_folder.Model("later.gguf")).Succeeded);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.damaged-*"));
    }
}
