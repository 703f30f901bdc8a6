using System.Collections.Concurrent;
using System.Diagnostics;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace GGLib.Acceptance.Installation;

/// <summary>Installs for real, by whatever provider this machine has, into an empty data folder.</summary>
public sealed class RealInstallTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("gglib-install-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task An_empty_machine_gets_a_llama_server_that_loads_a_model()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var seen = new ConcurrentQueue<InstallProgress>();
        var installer = new EngineInstaller(new EngineInstallerOptions { DataFolder = _data });

        var watch = Stopwatch.StartNew();
        var result = await installer.InstallAsync(new Collected(seen), cancellation);
        TestContext.Current.SendDiagnosticMessage("install: {0} ms", watch.ElapsedMilliseconds);

        var installed = Assert.IsType<InstallResult.Installed>(result);
        Assert.Equal(EngineOrigin.Installed, installed.Engine.Origin);
        Assert.NotEmpty(installed.Engine.Version);
        Assert.True(installed.Engine.Supports("--kv-unified"));
        Assert.Contains(seen, static progress => progress.Phase == InstallPhase.Downloading && progress.Percent > 0);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_data, "engine"), ".staging-*"));

        watch.Restart();
        seen.Clear();
        var again = Assert.IsType<InstallResult.Installed>(await installer.InstallAsync(new Collected(seen), cancellation));
        Assert.Empty(seen);
        TestContext.Current.SendDiagnosticMessage("second call: {0} ms", watch.ElapsedMilliseconds);
        Assert.Equal(installed.Engine.Path, again.Engine.Path);

        await LoadsAModelAsync(installed.Engine, cancellation);
    }

    [Fact]
    public async Task Tests_share_one_engine()
    {
        var engine = await AcceptanceEngine.GetAsync(TestContext.Current.CancellationToken);
        Assert.Same(engine, await AcceptanceEngine.GetAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>An engine whose compute backends are not found still answers <c>--version</c>: only a loaded model proves it.</summary>
    private async Task LoadsAModelAsync(EngineBinary engine, CancellationToken cancellation)
    {
        var factory = new LlamaServerFactory(engine, RunDirectory.Open(_data), TimeProvider.System, NullLogger<LlamaServerFactory>.Instance);
        var model = new EngineModel { Key = "tiny-random", Path = Path.Combine(AppContext.BaseDirectory, "models", "tiny-random.gguf") };
        var (runner, failure) = await factory.StartAsync(new RunnerRequest(model, 1, 256, new EngineSettings()), cancellation);
        Assert.Null(failure);
        await runner!.DisposeAsync();
    }

    /// <summary>Not <see cref="Progress{T}"/>: that one reports later, on another thread.</summary>
    private sealed class Collected(ConcurrentQueue<InstallProgress> into) : IProgress<InstallProgress>
    {
        public void Report(InstallProgress value) => into.Enqueue(value);
    }
}
