using GGLib.Catalog;
using GGLib.Gguf;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Catalog;

/// <summary>Databases of every earlier layout, as their gglib wrote them, and databases in trouble.</summary>
public sealed class CatalogMigrationTests : IDisposable
{
    private const string Layout1 =
        """
        CREATE TABLE models (
            name_key       TEXT NOT NULL PRIMARY KEY,
            name           TEXT NOT NULL,
            path           TEXT NOT NULL,
            projector_path TEXT,
            size_bytes     INTEGER NOT NULL,
            modified_ticks INTEGER NOT NULL,
            added_ticks    INTEGER NOT NULL,
            facts_revision INTEGER NOT NULL,
            facts          TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        PRAGMA user_version = 1;
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_database_of_layout_1_keeps_its_models_and_gains_projectors()
    {
        var path = _folder.Model("see.gguf", 4096);
        new GgufWriter().Add("general.architecture", "clip").Write(_folder["mmproj-see.gguf"]);
        Sql(Layout1 + $$"""
            INSERT INTO models VALUES ('registry.ollama.ai/library/see:latest', 'registry.ollama.ai/library/See:latest', '{{path}}', NULL,
                {{new FileInfo(path).Length}}, {{File.GetLastWriteTimeUtc(path).Ticks}}, 639000000000000000, {{ModelFacts.Revision}},
                '{"Architecture":"llama","ContextLength":7,"Capabilities":["completion"]}');
            """);

        using (var catalog = Open())
        {
            var model = Assert.Single(catalog.List());
            Assert.Equal(("See:latest", path, 4096, 639000000000000000), (model.Name.Display, model.Path, model.Facts.ContextLength, model.AddedAt.UtcTicks));
            Assert.Equal((_folder["mmproj-see.gguf"], FileState.Ready, null), (model.ProjectorPath, model.State, model.ChangedAt));
        }

        Assert.Equal(CatalogMigrations.Newest, Number("PRAGMA user_version"));
        Assert.Equal(2, Number("SELECT json_array_length(files) FROM models"));
        using var again = Open();
        Assert.Equal(_folder["mmproj-see.gguf"], again.Find("see")!.ProjectorPath);
    }

    [Fact]
    public void A_model_of_layout_1_whose_file_is_gone_stays_listed()
    {
        Sql(Layout1 + "INSERT INTO models VALUES ('registry.ollama.ai/library/x:latest', 'registry.ollama.ai/library/x:latest', '/nowhere/x.gguf', NULL, 1, 1, 1, 1, '{}');");

        using var catalog = Open();

        Assert.Equal(FileState.Missing, Assert.Single(catalog.List()).State);
    }

    [Fact]
    public void A_step_that_fails_leaves_the_layout_before_it()
    {
        Sql(Layout1 + "ALTER TABLE models ADD COLUMN projector_choice TEXT;");

        var problem = Assert.Throws<CatalogException>(Open).Message;
        Assert.Contains("duplicate column name", problem, StringComparison.Ordinal);

        Assert.Equal(1, Number("PRAGMA user_version"));
        Assert.Equal(0, Number("SELECT count(*) FROM pragma_table_info('models') WHERE name = 'files'"));
    }

    [Fact]
    public void Ten_thousand_models_are_listed_from_memory()
    {
        const int Count = 10_000;
        using (var catalog = Open())
        {
            catalog.Add(_folder.Model("a.gguf"), "m0");
        }

        Sql($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Count - 1})
            INSERT INTO models (name_key, name, path, size_bytes, modified_ticks, added_ticks, facts_revision, facts, files)
            SELECT 'registry.ollama.ai/library/m' || i || ':latest', 'registry.ollama.ai/library/m' || i || ':latest', path, size_bytes, modified_ticks, added_ticks, facts_revision, facts, files
            FROM models, n;
            """);
        var time = new FakeTimeProvider();
        var began = TimeProvider.System.GetTimestamp();
        using var large = ModelCatalog.Open(_folder["data"], time);
        var opened = TimeProvider.System.GetElapsedTime(began);
        var (files, statements) = (large.FileLooks, large.DatabaseLooks);
        began = TimeProvider.System.GetTimestamp();
        for (var round = 0; round < 100; round++)
        {
            Assert.Equal(Count, large.List().Length);
        }

        var listed = TimeProvider.System.GetElapsedTime(began);
        Assert.Equal((files, statements), (large.FileLooks, large.DatabaseLooks));
        Assert.Equal(Count, files);
        Assert.NotNull(large.Find("m9999"));
        Assert.Equal((files + 1, statements), (large.FileLooks, large.DatabaseLooks));
        time.Advance(ModelCatalog.RefreshInterval);
        Assert.Equal(Count, large.List().Length);
        Assert.Equal(statements + 1, large.DatabaseLooks);
        TestContext.Current.TestOutputHelper?.WriteLine($"10,000 models: opened in {opened.TotalMilliseconds:F0} ms, 100 lists in {listed.TotalMilliseconds:F2} ms");
    }

    [Fact]
    public void Another_program_that_writes_for_long_stops_no_reader()
    {
        using var catalog = Open();
        catalog.Add(_folder.Model("a.gguf"));
        using var other = new SqliteConnection($"Data Source={_folder["data/catalog.db"]};Pooling=False");
        other.Open();
        using var transaction = other.BeginTransaction(deferred: false);

        Assert.NotNull(catalog.Find("a"));
        Assert.Null(catalog.Find("b"));
        Assert.Single(catalog.List());
    }

    private ModelCatalog Open() => ModelCatalog.Open(_folder["data"], new FakeTimeProvider());

    private long Number(string sql) => (long)Command(sql, static command => command.ExecuteScalar())!;

    private void Sql(string sql) => Command(sql, static command => command.ExecuteNonQuery());

    private object? Command(string sql, Func<SqliteCommand, object?> run)
    {
        Directory.CreateDirectory(_folder["data"]);
        using var connection = new SqliteConnection($"Data Source={_folder["data/catalog.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        return run(command);
    }
}
