using GGLib.Catalog.Blobs;
using GGLib.Catalog.Registries;

namespace GGLib.Tests.Catalog.Registries;

/// <summary>Pushes of models.</summary>
public sealed class PushTests : IAsyncDisposable
{
    private const string ModelType = "application/vnd.ollama.image.model";

    private static readonly byte[] Weights = PullBench.Bytes(1_000_000);
    private static readonly PushLayer Config = PushLayer.OfBytes("application/vnd.docker.container.image.v1+json", "{}"u8.ToArray());

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = TransferClient.Create();
    private TestRegistry? _registry;

    public async ValueTask DisposeAsync()
    {
        await (_registry?.DisposeAsync() ?? ValueTask.CompletedTask);
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_pushed_model_can_be_pulled()
    {
        var registry = _registry = await TestRegistry.StartAsync();
        var lines = await PushAsync(registry);

        Assert.Equal("retrieving manifest", lines[0].Status);
        Assert.Contains(lines, static line => line == new PullProgress($"pushing {BlobDigest.Of(Weights).Short}", BlobDigest.Of(Weights).ToString(), Weights.Length, Weights.Length));
        Assert.Equal(["pushing manifest", "success"], lines.TakeLast(2).Select(static line => line.Status));
        Assert.Equal(Weights, registry.Blob(BlobDigest.Of(Weights).ToString()));
        await using var bench = await PullBench.StartAsync();
        bench.Options = bench.Options with { OllamaRegistry = registry.Address };
        var model = (await bench.PullAsync("me/tiny"))[^1].Model!;
        Assert.Equal(Weights, await File.ReadAllBytesAsync(model.Weights[0], Limit.Token));
        Assert.Equal("Be brief.", model.System);
        Assert.Equal("{}", model.ConfigJson);
    }

    [Fact]
    public async Task What_the_registry_has_is_not_sent()
    {
        var registry = _registry = await TestRegistry.StartAsync();
        await PushAsync(registry);
        var before = registry.Requests.Count(static request => request.Method is "PATCH" or "POST");

        Assert.Equal("success", (await PushAsync(registry))[^1].Status);

        Assert.Equal(before, registry.Requests.Count(static request => request.Method is "PATCH" or "POST"));
    }

    [Fact]
    public async Task A_piece_that_breaks_is_taken_up_where_the_registry_got_to()
    {
        var registry = _registry = await TestRegistry.StartAsync();
        registry.Misbehave = static request => request is { Method: "PATCH", Number: 1 } ? new TestFault { CutAfter = 100_000 } : null;

        Assert.Equal("success", (await PushAsync(registry))[^1].Status);

        Assert.Equal(Weights, registry.Blob(BlobDigest.Of(Weights).ToString()));
        Assert.Contains(registry.Requests, static request => request.Method == "GET" && request.Path.Contains("/uploads/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_challenge_for_a_token_is_answered()
    {
        var registry = _registry = await TestRegistry.StartAsync();
        registry.Token = "push-token";

        Assert.Equal("success", (await PushAsync(registry))[^1].Status);

        Assert.Single(registry.Requests, static request => request.Path.StartsWith("/token", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HEAD", 403, TransferFault.Unauthorized)]
    [InlineData("POST", 401, TransferFault.Unauthorized)]
    [InlineData("PATCH", 500, TransferFault.Unreachable)]
    [InlineData("PUT", 403, TransferFault.Unauthorized)]
    public async Task A_refusal_is_the_last_line(string method, int status, TransferFault fault)
    {
        var registry = _registry = await TestRegistry.StartAsync();
        registry.Misbehave = request => request.Method == method ? new TestFault { Status = status } : null;

        var lines = await PushAsync(registry);

        Assert.Equal(fault, lines[^1].Failure!.Fault);
        Assert.DoesNotContain(lines, static line => line.Status == "success");
        Assert.Null(registry.Manifest("me/tiny", "latest"));
    }

    [Fact]
    public async Task A_file_that_is_gone_or_changed_is_not_pushed()
    {
        var registry = _registry = await TestRegistry.StartAsync();
        var gone = PushLayer.OfFile(ModelType, BlobDigest.Of(Weights), _folder["none"]);
        await File.WriteAllBytesAsync(_folder["changed"], PullBench.Bytes(1000, 9), Limit.Token);
        var changed = PushLayer.OfFile(ModelType, BlobDigest.Of(Weights), _folder["changed"]);

        Assert.Equal(TransferFault.Storage, (await PushAsync(registry, gone))[^1].Failure!.Fault);
        Assert.Equal(TransferFault.DigestMismatch, (await PushAsync(registry, changed))[^1].Failure!.Fault);
        Assert.Null(registry.Manifest("me/tiny", "latest"));
    }

    private async Task<List<PullProgress>> PushAsync(TestRegistry registry, PushLayer? weights = null)
    {
        await File.WriteAllBytesAsync(_folder["weights"], Weights, Limit.Token);
        var options = new TransferOptions { OllamaRegistry = registry.Address, PartSize = 300_000, Stall = TimeSpan.FromMinutes(10) };
        var layers = new[] { weights ?? PushLayer.OfFile(ModelType, BlobDigest.Of(Weights), _folder["weights"]), PushLayer.OfBytes("application/vnd.ollama.image.system", "Be brief."u8.ToArray()) };
        var lines = new List<PullProgress>();
        var name = (RemoteName.Registry)RemoteName.Parse("me/tiny", out _)!;
        await foreach (var line in new ModelPush(_http, options, new QuickTime()).PushAsync(name, [.. layers], Config, insecure: false, Limit.Token))
        {
            lines.Add(line);
        }

        return lines;
    }
}
