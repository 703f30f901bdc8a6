using System.Collections.Concurrent;
using System.Threading.Channels;
using GGLib.Engine.Processes;
using GGLib.Engine.Scheduling;

namespace GGLib.Tests.Engine.Processes;

/// <summary>Starts <see cref="FakeRunner"/>s: at once, or when the test says so.</summary>
internal sealed class FakeRunnerFactory(ScriptedEngine? engine = null) : IRunnerFactory
{
    private readonly Channel<Start> _starts = Channel.CreateUnbounded<Start>();

    /// <summary>Whether a start succeeds by itself.</summary>
    public bool Automatic { get; init; } = true;

    public ScriptedEngine Engine { get; } = engine ?? new ScriptedEngine();

    public int ContextLength { get; init; } = 2048;

    public ConcurrentQueue<FakeRunner> Runners { get; } = new();

    public async Task<RunnerResult> StartAsync(RunnerRequest request, CancellationToken cancellation)
    {
        var start = new Start(this, request);
        _starts.Writer.TryWrite(start);
        if (Automatic)
        {
            start.Succeed();
        }

        return await start.Result.WaitAsync(cancellation);
    }

    /// <summary>The next start that was asked for; waits for it.</summary>
    public ValueTask<Start> NextAsync() => _starts.Reader.ReadAsync(Limit.Token);

    /// <summary>Whether another start was asked for.</summary>
    public bool HasMore => _starts.Reader.TryPeek(out _);

    internal sealed class Start(FakeRunnerFactory factory, RunnerRequest request)
    {
        private readonly TaskCompletionSource<RunnerResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RunnerRequest Request => request;

        public Task<RunnerResult> Result => _result.Task;

        public FakeRunner Succeed()
        {
            var runner = new FakeRunner(request, factory.Engine, factory.ContextLength);
            factory.Runners.Enqueue(runner);
            _result.TrySetResult(new RunnerResult(runner, null));
            return runner;
        }

        public void Fail(string reason) => _result.TrySetResult(new RunnerResult(null, new EngineFailure.LoadFailed(reason)));

        public void Throw(Exception exception) => _result.TrySetException(exception);
    }
}
