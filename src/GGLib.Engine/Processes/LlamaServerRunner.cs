using GGLib.Engine.Launching;

namespace GGLib.Engine.Processes;

/// <summary>A llama-server child that is ready.</summary>
internal sealed class LlamaServerRunner(
    ChildProcess child,
    HttpMessageInvoker http,
    RunDirectory directory,
    RunnerRequest request,
    LaunchPlan plan,
    string alias,
    ChildProperties properties) : IRunner
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Task? _disposed;

    public HttpMessageInvoker Http => http;

    public string Alias => alias;

    public int ContextLength => properties.ContextLength;

    public int Slots => properties.Slots;

    public long MemoryBytes => child.Log.Memory?.TotalBytes ?? plan.MemoryBytes;

    public long DeviceMemoryBytes => child.Log.Memory?.DeviceBytes ?? 0;

    public int ProcessId => child.Id;

    public ChildLog Log => child.Log;

    public CancellationToken Stopping => _stopping.Token;

    public Task<string> Exited => child.Exited;

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
        await child.StopAsync(request.Settings.StopGrace).ConfigureAwait(false);
        await child.DisposeAsync().ConfigureAwait(false);
        directory.Unregister(request.Instance);
    }
}
