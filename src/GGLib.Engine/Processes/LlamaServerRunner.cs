using GGLib.Engine.Launching;

namespace GGLib.Engine.Processes;

/// <summary>A llama-server child that is ready.</summary>
internal sealed class LlamaServerRunner(
    ChildProcess child,
    HttpMessageInvoker http,
    HttpMessageInvoker probe,
    Traffic traffic,
    RunDirectory directory,
    RunnerRequest request,
    LaunchPlan plan,
    string alias,
    string? socketPath,
    ChildProperties properties) : IRunner
{
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Task? _disposed;
    private volatile string? _endReason;

    public HttpMessageInvoker Http => http;

    public string Alias => alias;

    public int ContextLength => properties.ContextLength;

    public int Slots => properties.Slots;

    // What it tells, else what the system sees: mapped weights are resident once they have been read.
    public long MemoryBytes => child.Log.Memory?.TotalBytes ?? (child.Usage().ResidentBytes is > 0 and var resident ? resident : plan.MemoryBytes);

    public long DeviceMemoryBytes => child.Log.Memory?.DeviceBytes ?? 0;

    public int ProcessId => child.Id;

    public ChildLog Log => child.Log;

    public CancellationToken Stopping => _stopping.Token;

    public Task<string> Exited => child.Exited;

    public bool IsReachable => socketPath is null || File.Exists(socketPath);

    public long Received => traffic.Count;

    public TimeSpan ProcessorTime => child.Usage().Processor;

    public string? EndReason => _endReason;

    public void Condemn(string reason) => _endReason = reason;

    public async Task<string?> ProbeAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        limit.CancelAfter(ProbePatience);
        try
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, "http://llama-server/slots");
            using var response = await probe.SendAsync(question, limit.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(limit.Token).ConfigureAwait(false) : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposed ??= EndAsync();
        }

        await _disposed.ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        // llama-server waits for open streams, and for idle connections to time out, before it ends: cut them first.
        // One that ended by itself broke them off itself, and its last words are to be told.
        if (!child.Exited.IsCompleted)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
        }

        http.Dispose();
        probe.Dispose();
        await child.StopAsync(request.Settings.StopGrace).ConfigureAwait(false);
        await child.DisposeAsync().ConfigureAwait(false);
        directory.Unregister(request.Instance);
    }
}
