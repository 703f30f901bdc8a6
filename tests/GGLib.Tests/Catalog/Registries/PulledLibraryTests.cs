using System.Security.Cryptography;
using GGLib.Catalog;
using GGLib.Catalog.Registries;
using GGLib.Gguf;

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

    private static string Hex(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
