using GGLib.Catalog.Blobs;
using GGLib.Catalog.Registries;

namespace GGLib.Tests.Catalog.Registries;

/// <summary>A registry, a store in a folder of its own, and jobs between them, for one test.</summary>
internal sealed class PullBench : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = TransferClient.Create();
    private readonly List<PullJobs> _jobs = [];

    private PullBench(TestRegistry registry)
    {
        Registry = registry;
        Store = BlobStore.Open(_folder["blobs"], TimeProvider.System);
        Options = new TransferOptions
        {
            OllamaRegistry = registry.Address,
            HuggingFace = registry.Address,
            Connections = 4,
            PartSize = 256 << 10,
            // A minute by the quick clock: longer than a busy machine pauses.
            Stall = TimeSpan.FromMinutes(100),
        };
    }

    public TestRegistry Registry { get; }

    public BlobStore Store { get; }

    public QuickTime Time { get; } = new();

    public TransferOptions Options { get; set; }

    public static async Task<PullBench> StartAsync() => new(await TestRegistry.StartAsync());

    /// <summary>Bytes that look like nothing.</summary>
    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>New jobs over the same store, as of a program that has just begun.</summary>
    public PullJobs Jobs(Func<PulledModel, CancellationToken, Task<TransferFailure?>>? keep = null)
    {
        var jobs = new PullJobs(Store, _http, Options, Time, keep);
        _jobs.Add(jobs);
        return jobs;
    }

    public Task<List<PullProgress>> PullAsync(string name, bool insecure = false, CancellationToken? cancellationToken = null) => PullAsync(Jobs(), name, insecure, cancellationToken);

    public static async Task<List<PullProgress>> PullAsync(PullJobs jobs, string name, bool insecure = false, CancellationToken? cancellationToken = null)
    {
        var lines = new List<PullProgress>();
        await foreach (var line in jobs.PullAsync(RemoteName.Parse(name, out _)!, insecure, cancellationToken ?? Limit.Token))
        {
            lines.Add(line);
        }

        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var jobs in _jobs)
        {
            await jobs.DisposeAsync();
        }

        _http.Dispose();
        await Registry.DisposeAsync();
        _folder.Dispose();
    }
}
