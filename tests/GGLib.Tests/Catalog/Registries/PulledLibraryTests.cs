using System.Security.Cryptography;
using GGLib.Catalog;
using GGLib.Catalog.Registries;
using GGLib.Gguf;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Catalog.Registries;

/// <summary>What becomes of the files of pulled models when processes that share a library come and go.</summary>
public sealed class PulledLibraryTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private TestRegistry _registry = null!;

    public async ValueTask InitializeAsync() => _registry = await TestRegistry.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_part_that_a_model_of_another_process_needs_is_not_deleted()
    {
        Offer("o/one", Part(0), Part(1));
        Offer("o/two", Part(0), [.. Part(1), 0]);
        using var server = ModelCatalog.Open(_folder.Path, TimeProvider.System);
        await PullAsync(server, "hf.co/o/one:Q8_0");
        using (var verb = ModelCatalog.Open(_folder.Path, TimeProvider.System))
        {
            await PullAsync(verb, "hf.co/o/two:Q8_0");
        }

        Assert.NotNull(ModelLibrary.Of(server, TimeProvider.System).Remove("hf.co/o/one:Q8_0"));

        Assert.Equal(new[] { Hex(Part(0)), Hex([.. Part(1), 0]) }.Order(StringComparer.Ordinal), Blobs());
    }

    [Fact]
    public async Task What_no_model_names_goes_after_a_week_and_nothing_else()
    {
        Offer("o/r", Part(0), Part(1));
        var weights = new GgufWriter().Add("general.architecture", "llama").AddZeros("w", GgufTensorType.F32, 2, 3).ToArray();
        _registry.AddModel("library/tiny", "latest", ("model", weights), ("system", "Be brief."u8.ToArray()));
        using var catalog = ModelCatalog.Open(_folder.Path, TimeProvider.System);
        await PullAsync(catalog, "hf.co/o/r:Q8_0");
        await PullAsync(catalog, "tiny");

        // As a kill leaves them: between the last byte and the catalog, and between the catalog and the blobs of a model that was replaced.
        var blobs = ModelLibrary.BlobFolderOf(_folder.Path);
        await File.WriteAllBytesAsync(Path.Combine(blobs, $"sha256-{Hex([1])}"), [1], Limit.Token);
        var set = Directory.CreateDirectory(Path.Combine(blobs, "sets", Hex([2]))).FullName;
        await File.WriteAllBytesAsync(Path.Combine(set, "x-00001-of-00002.gguf"), [3], Limit.Token);

        // As a catalog that is lost leaves them.
        var older = Path.Combine(blobs, $"sha256-{Hex([4])}");
        await File.WriteAllBytesAsync(older, [4], Limit.Token);
        File.SetLastWriteTimeUtc(older, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var before = Blobs();

        await PullAsync(catalog, "tiny", new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(6.9)));
        Assert.Equal(before, Blobs());
        Assert.True(Directory.Exists(set));

        // What is known of files' digests may be lost: links are their blobs all the same.
        await using (var database = new SqliteConnection($"Data Source={_folder["catalog.db"]};Pooling=False"))
        {
            await database.OpenAsync(Limit.Token);
            await using var command = database.CreateCommand();
            command.CommandText = "DELETE FROM digests";
            await command.ExecuteNonQueryAsync(Limit.Token);
        }

        using var later = ModelCatalog.Open(_folder.Path, TimeProvider.System);
        await using (new ModelTransfers(ModelLibrary.Of(later, new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(7.1))), new TransferOptions(), TimeProvider.System))
        {
            Assert.Equal(new[] { Hex(Part(0)), Hex(Part(1)), Hex(weights), Hex("Be brief."u8), Hex("""{"model_format":"gguf"}"""u8), Hex([4]) }.Order(StringComparer.Ordinal), Blobs());
        }

        Assert.False(Directory.Exists(set));
        Assert.All(later.List(), static model => Assert.Equal(FileState.Ready, model.State));
        Assert.All(later.Find("hf.co/o/r:Q8_0")!.Files, static file => Assert.True(File.Exists(file.Path)));
    }

    private void Offer(string repository, params byte[][] parts)
    {
        _registry.ClearHub(repository);
        for (var number = 1; number <= parts.Length; number++)
        {
            _registry.AddToHub(repository, $"r-Q8_0-{number:00000}-of-{parts.Length:00000}.gguf", parts[number - 1]);
        }
    }

    private async Task PullAsync(ModelCatalog catalog, string name, TimeProvider? time = null)
    {
        var options = new TransferOptions { OllamaRegistry = _registry.Address, HuggingFace = _registry.Address, Stall = Limit.Time };
        await using var transfers = new ModelTransfers(ModelLibrary.Of(catalog, time ?? TimeProvider.System), options, TimeProvider.System);
        PullProgress? last = null;
        await foreach (var step in transfers.PullAsync(RemoteName.Parse(name, out _)!, insecure: false, Limit.Token))
        {
            last = step;
        }

        Assert.Null(last!.Failure);
    }

    private string[] Blobs() => [.. Directory.GetFiles(ModelLibrary.BlobFolderOf(_folder.Path)).Select(static path => Path.GetFileName(path)["sha256-".Length..]).Order(StringComparer.Ordinal)];

    private static byte[] Part(int number)
    {
        var part = new GgufWriter().Add("split.no", GgufValue.Of((ushort)number)).Add("split.count", GgufValue.Of((ushort)2)).Add("split.tensors.count", GgufValue.Of(2))
            .AddZeros($"blk.{number}.w", GgufTensorType.F32, 2, 3);
        return (number == 0 ? part.Add("general.architecture", "llama") : part).ToArray();
    }

    private static string Hex(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
