using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using GGLib.Engine.Installation;

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
        var again = Assert.IsType<InstallResult.Installed>(await installer.InstallAsync(null, cancellation));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"The second call took {watch.Elapsed}.");
        TestContext.Current.SendDiagnosticMessage("second call: {0} ms", watch.ElapsedMilliseconds);
        Assert.Equal(installed.Engine.Path, again.Engine.Path);

        await AnswersOnceLoadedAsync(installed.Engine, cancellation);
    }

    [Fact]
    public async Task Tests_share_one_engine()
    {
        var engine = await AcceptanceEngine.GetAsync(TestContext.Current.CancellationToken);
        Assert.Same(engine, await AcceptanceEngine.GetAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>An engine whose compute backends are not found still answers <c>--version</c>: only a loaded model proves it.</summary>
    private async Task AnswersOnceLoadedAsync(EngineBinary engine, CancellationToken cancellation)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(engine.Command[0]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in engine.Command.Skip(1).Concat(["--host", "127.0.0.1", "--port", $"{port}", "-c", "256", "-np", "1", "--cache-ram", "0", "--model", Path.Combine(AppContext.BaseDirectory, "models", "tiny-random.gguf")]))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("LD_LIBRARY_PATH");
        using var server = Process.Start(start)!;
        var said = new ConcurrentQueue<string?>();
        server.OutputDataReceived += (_, line) => said.Enqueue(line.Data);
        server.ErrorDataReceived += (_, line) => said.Enqueue(line.Data);
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        try
        {
            using var http = new HttpClient();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromMinutes(1));
            while (!await IsHealthyAsync(http, port, limit.Token))
            {
                Assert.False(server.HasExited, string.Join('\n', said));
                await Task.Delay(50, limit.Token);
            }
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http, int port, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health"), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Not <see cref="Progress{T}"/>: that one reports later, on another thread.</summary>
    private sealed class Collected(ConcurrentQueue<InstallProgress> into) : IProgress<InstallProgress>
    {
        public void Report(InstallProgress value) => into.Enqueue(value);
    }
}
