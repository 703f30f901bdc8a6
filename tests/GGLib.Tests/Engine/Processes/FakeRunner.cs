using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Processes;

/// <summary>A runner without a process: its answers are scripted, and it dies when told.</summary>
internal sealed class FakeRunner(RunnerRequest request, ScriptedEngine engine, int contextLength, string alias = "gglib-0123456789abcdef0123") : IRunner
{
    private readonly CancellationTokenSource _stopping = new();
    private Task<string>? _unnoticed;
    private readonly TaskCompletionSource<string> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunnerRequest Request => request;

    public HttpMessageInvoker Http { get; } = new(engine, disposeHandler: false);

    public string Alias => alias;

    public int ContextLength => contextLength;

    public int Slots => 4;

    public long MemoryBytes => 123_456_789;

    public long DeviceMemoryBytes => 23_456_789;

    public int ProcessId => 4711;

    public ChildLog Log => request.Log;

    public CancellationToken Stopping => _stopping.Token;

    public Task<string> Exited => _unnoticed ?? _exited.Task;

    public string? EndReason { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>The process ends by itself.</summary>
    public void Die(string reason) => _exited.TrySetResult(reason);

    /// <summary>The same, but who waits for the end is not told yet.</summary>
    public void DieUnnoticed(string reason) => _unnoticed = Task.FromResult(reason);

    public void Condemn(string reason) => EndReason = reason;

    public async ValueTask DisposeAsync()
    {
        if (!_exited.Task.IsCompleted)
        {
            await _stopping.CancelAsync();
        }

        IsDisposed = true;
        _exited.TrySetResult("exit code 0");
    }
}
