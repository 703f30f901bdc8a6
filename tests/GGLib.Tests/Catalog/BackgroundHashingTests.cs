using System.Security.Cryptography;
using GGLib.Catalog;

namespace GGLib.Tests.Catalog;

/// <summary>SHA-256 of the library's files, computed while a server runs.</summary>
public sealed class BackgroundHashingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gglib-hash-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_file_gets_its_digest_which_survives_a_restart()
    {
        var file = Copy("tiny-random");
        string digest;
        using (var catalog = ModelCatalog.Open(_folder, TimeProvider.System))
        {
            var model = catalog.Add(file).Model!;
            digest = model.Digest;
            Assert.Null(catalog.Sha256Of(model.Files[0]));
            await using (BackgroundHashing.Start(catalog, TimeProvider.System))
            {
                await UntilAsync(() => catalog.Sha256Of(model.Files[0]) is not null);
            }

            Assert.Equal(Sha256(file), catalog.Sha256Of(model.Files[0]));
        }

        using var again = ModelCatalog.Open(_folder, TimeProvider.System);
        var stored = again.Find("tiny-random")!;
        Assert.Equal(Sha256(file), again.Sha256Of(stored.Files[0]));

        // The public digest is part of the engine's key: a hash that arrives must not unload a model.
        Assert.Equal(digest, stored.Digest);
        Assert.Null(again.NextWithoutSha256([]));
    }

    [Fact]
    public async Task A_file_that_changes_is_read_again()
    {
        var file = Copy("tiny-random");
        using var catalog = ModelCatalog.Open(_folder, TimeProvider.System);
        var model = catalog.Add(file).Model!;
        await using var hashing = BackgroundHashing.Start(catalog, TimeProvider.System);
        await UntilAsync(() => catalog.Sha256Of(model.Files[0]) is not null);

        await using (var stream = new FileStream(file, FileMode.Append))
        {
            stream.WriteByte(1);
        }

        var changed = catalog.Find("tiny-random")!;
        Assert.Null(catalog.Sha256Of(changed.Files[0]));
        Assert.Equal(changed.Files[0], catalog.NextWithoutSha256([]));
        Assert.Equal(Sha256(file), await hashing.HashAsync(changed.Files[0], Limit.Token));
    }

    [Fact]
    public async Task What_is_not_the_file_that_is_meant_has_no_digest()
    {
        var file = Copy("tiny-random");
        using var catalog = ModelCatalog.Open(_folder, TimeProvider.System);
        var stale = catalog.Add(file).Model!.Files[0];
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        await using var hashing = BackgroundHashing.Start(catalog, TimeProvider.System);

        Assert.Null(await hashing.HashAsync(stale, Limit.Token));
    }

    [Fact]
    public async Task It_stops_in_the_middle_of_a_large_file()
    {
        var file = Path.Combine(_folder, "huge");
        await using (var stream = new FileStream(file, FileMode.Create))
        {
            stream.SetLength(40L << 30);
        }

        using var catalog = ModelCatalog.Open(_folder, TimeProvider.System);
        await using var hashing = BackgroundHashing.Start(catalog, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var work = hashing.HashAsync(new CatalogFile(file, FileRole.Weights, 40L << 30, File.GetLastWriteTimeUtc(file)), stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work.Within());
    }

    [Fact]
    public async Task Models_that_live_only_in_this_process_are_left_alone()
    {
        using var catalog = ModelCatalog.Open(_folder, TimeProvider.System);
        Assert.True(catalog.AddTransient(Copy("tiny-random")).Succeeded);
        await using var hashing = BackgroundHashing.Start(catalog, TimeProvider.System);

        Assert.Null(catalog.NextWithoutSha256([]));
    }

    private static string Sha256(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static async Task UntilAsync(Func<bool> holds)
    {
        var limit = Limit.Token;
        while (!holds())
        {
            await Task.Delay(10, limit);
        }
    }

    private string Copy(string model)
    {
        var file = Path.Combine(_folder, model + ".gguf");
        File.Copy(Repository.Model(model), file);
        return file;
    }
}
