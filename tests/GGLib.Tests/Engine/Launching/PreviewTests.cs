using System.Collections.Concurrent;
using System.Collections.Frozen;
using GGLib.Engine.Hardware;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Tests.FakeLlamaServer;
using Microsoft.Extensions.Logging;

namespace GGLib.Tests.Engine.Launching;

/// <summary>What is shown of a launch is what is launched.</summary>
public sealed class PreviewTests : IDisposable
{
    private readonly FakeModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task The_command_that_is_shown_is_the_one_that_runs()
    {
        var binary = new EngineBinary
        {
            Path = FakeModel.ProgramPath,
            Command = [FakeModel.ProgramPath],
            Origin = EngineOrigin.Configured,
            Version = "fake",
            Flags = FakeLlama.CommandLine.HelpText.Flags.Keys.ToFrozenSet(),
        };
        var model = new EngineModel { Key = "m", Path = _model.Path, SizeBytes = 1000, TrainingContext = 2048, KvBytesPerToken = 16 };
        var settings = new EngineSettings { Parallel = 2, Threads = 1, Batch = 64, GpuLayers = 0, Mmap = false, FlashAttention = true, KvCacheType = "f16", Arguments = ["--no-slots"] };
        var directory = RunDirectory.Open(_model.Directory);
        var log = new Lines();

        var shown = Launch.Preview(binary, model, settings, MemoryCapacity.Unlimited);
        var result = await new LlamaServerFactory(binary, directory, TimeProvider.System, log).StartAsync(new RunnerRequest(model, 1, null, settings), Limit.Token);
        Assert.Null(result.Failure);
        var runner = result.Runner!;
        var environment = (await File.ReadAllTextAsync($"/proc/{runner.ProcessId}/environ", Limit.Token)).Split('\0');
        await runner.DisposeAsync();

        Assert.All(shown.Environment, variable => Assert.Contains($"{variable.Name}={variable.Value}", environment));
        var ran = log.All.Single(static line => line.StartsWith("Starting ", StringComparison.Ordinal))["Starting ".Length..].Split(' ');
        Assert.Equal(Neutral([.. shown.Command]), Neutral(ran));
        Assert.Contains("--load-mode", ran);

        // Socket and alias alone are new each time.
        static string[] Neutral(string[] command)
        {
            command[Array.IndexOf(command, "--alias") + 1] = "ALIAS";
            command[Array.IndexOf(command, "--host") + 1] = "HOST";
            return command;
        }
    }

    private sealed class Lines : ILogger<LlamaServerFactory>
    {
        public ConcurrentQueue<string> All { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Enqueue(formatter(state, exception));
    }
}
