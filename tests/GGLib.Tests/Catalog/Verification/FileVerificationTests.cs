using GGLib.Catalog;
using GGLib.Catalog.Imports;
using GGLib.Catalog.Verification;
using GGLib.Gguf;
using GGLib.Tests.Catalog.Imports;

namespace GGLib.Tests.Catalog.Verification;

public sealed class FileVerificationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ModelCatalog _catalog;

    public FileVerificationTests() => _catalog = ModelCatalog.Open(_folder["data"], TimeProvider.System);

    public void Dispose()
    {
        _catalog.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_that_nothing_is_known_of_is_remembered_and_held_against_that_the_next_time()
    {
        var file = _catalog.Add(_folder.Model("a.gguf")).Model!.Files[0];
        var first = await CheckAsync(file);
        Assert.Equal((FileVerdict.Recorded, false, null), (first.Verdict, first.IsBroken, first.Expected));
        Assert.Equal(first.Actual, _catalog.Sha256Of(file));
        Assert.Equal((FileVerdict.Intact, DigestBasis.Catalog), await VerdictAsync(file));

        // Rot: other bytes, and neither length nor time has changed.
        Flip(file.Path);
        var rotten = await CheckAsync(file);
        Assert.Equal((FileVerdict.Damaged, true, first.Actual), (rotten.Verdict, rotten.IsBroken, rotten.Expected));
        Assert.Equal((FileVerdict.Damaged, DigestBasis.Catalog), await VerdictAsync(file));
    }

    [Fact]
    public async Task A_blob_is_held_against_its_name_whatever_was_read_before()
    {
        var ollama = new OllamaFolder(_folder["ollama"]);
        ollama.Manifest("registry.ollama.ai/library/x/latest", ("model", ollama.Blob(new GgufWriter().Add("general.architecture", "llama").AddZeros("w", GgufTensorType.F32, 4, 2).ToArray())));
        var file = _catalog.Import(new ModelStore(StoreKind.Ollama, ollama.Path), TestContext.Current.CancellationToken).Added[0].Files[0];
        Assert.Equal((FileVerdict.Intact, DigestBasis.Name), await VerdictAsync(file));

        Flip(file.Path);
        var damaged = await CheckAsync(file);
        Assert.Equal((FileVerdict.Damaged, DigestBasis.Name), (damaged.Verdict, damaged.Basis));
        Assert.Equal(damaged.Actual, _catalog.Sha256Of(file));
        Assert.Equal((FileVerdict.Damaged, DigestBasis.Name), await VerdictAsync(file));

        File.WriteAllBytes(file.Path, []);
        Assert.Equal(FileVerdict.Damaged, (await CheckAsync(file)).Verdict);
        File.Delete(file.Path);
        Assert.Equal(FileVerdict.Missing, (await CheckAsync(file)).Verdict);
    }

    [Fact]
    public async Task The_progress_adds_up_to_the_file()
    {
        var path = _folder["big.gguf"];
        await File.WriteAllBytesAsync(path, new byte[5_000_001], TestContext.Current.CancellationToken);
        var sum = new Sum();

        var check = await new FileVerification(_catalog).CheckAsync(new CatalogFile(path, FileRole.Weights, 5_000_001, default), sum, TestContext.Current.CancellationToken);

        Assert.Equal(5_000_001, sum.Total);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(new byte[5_000_001])), check.Actual);
    }

    [Fact]
    public void The_background_does_not_read_what_is_named_by_its_content()
    {
        var ollama = new OllamaFolder(_folder["ollama"]);
        ollama.Manifest("registry.ollama.ai/library/x/latest", ("model", ollama.Blob(new GgufWriter().Add("general.architecture", "llama").AddZeros("w", GgufTensorType.F32, 4, 2).ToArray())));
        var blob = _catalog.Import(new ModelStore(StoreKind.Ollama, ollama.Path), TestContext.Current.CancellationToken).Added[0].Files[0];
        var own = _catalog.Add(_folder.Model("a.gguf")).Model!.Files[0];

        Assert.Equal(own, _catalog.NextWithoutSha256([]));
        Assert.Null(_catalog.NextWithoutSha256([own]));
        Assert.Equal(Path.GetFileName(blob.Path), "sha256-" + _catalog.Sha256Of(blob));
    }

    private async Task<(FileVerdict, DigestBasis)> VerdictAsync(CatalogFile file)
    {
        var check = await CheckAsync(file);
        return (check.Verdict, check.Basis);
    }

    private Task<FileCheck> CheckAsync(CatalogFile file) => new FileVerification(_catalog).CheckAsync(file, null, TestContext.Current.CancellationToken);

    private static void Flip(string path)
    {
        var (bytes, time) = (File.ReadAllBytes(path), File.GetLastWriteTimeUtc(path));
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, time);
    }

    private sealed class Sum : IProgress<long>
    {
        public long Total { get; private set; }

        public void Report(long value) => Total += value;
    }
}
