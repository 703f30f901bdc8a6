using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GGLib.Engine.Installation;
using GGLib.Engine.Installation.Releases;

namespace GGLib.Tests.Engine.Installation;

/// <summary>The installer over a real HTTP server and real archives, whose llama-server is a script.</summary>
public sealed class ReleaseInstallTests : IAsyncLifetime
{
    private const string Asset = "llama-b6123-bin-ubuntu-x64.tar.gz";

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _environment = [];
    private ReleaseServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string EngineFolder => _folder["data", "engine"];

    public async ValueTask InitializeAsync()
    {
        _server = await ReleaseServer.StartAsync();
        _environment[ReleaseArchiveProvider.ApiVariable] = _server.Address;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_release_is_installed_and_found()
    {
        _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text(), padding: 300_000));
        var seen = new ConcurrentQueue<InstallProgress>();

        var installed = Assert.IsType<InstallResult.Installed>(await InstallAsync(progress: new Called(seen.Enqueue)));

        Assert.Equal("release", installed.Provider);
        Assert.Equal(FakeBinary.Version, installed.Engine.Version);
        Assert.Equal(Path.Combine(EngineFolder, "release-b6123-ubuntu-x64", "llama-b6123", "llama-server"), installed.Engine.Path);
        Assert.Equal(["cpu"], installed.Engine.Backends);
        Assert.True(installed.Engine.IsCpuOnly);
        Assert.Equal("library", await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(installed.Engine.Path)!, "libggml-cpu-x64.so"), Cancellation));
        Assert.Contains(seen, static progress => progress is { Phase: InstallPhase.Downloading, Percent: 100, TotalBytes: > 300_000 });
        AssertNothingHalfDone();

        var found = Assert.IsType<EngineSearch.Found>(await new EngineLocator(_folder["data"], _environment.GetValueOrDefault).FindAsync(null, Cancellation));
        Assert.Equal((installed.Engine.Path, EngineOrigin.Installed), (found.Engine.Path, found.Engine.Origin));
    }

    [Fact]
    public async Task A_zip_is_installed_too()
    {
        _server.Offer("llama-b6123-bin-ubuntu-x64.zip", MadeArchive.Zip(("build/bin/llama-server", FakeBinary.Text(), 0x81ED), ("build/bin/README", "text", 0x81A4)));
        Assert.IsType<InstallResult.Installed>(await InstallAsync());
    }

    [Fact]
    public async Task An_install_that_works_is_used_as_it_is_until_it_is_to_be_replaced()
    {
        _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text()));
        var first = Assert.IsType<InstallResult.Installed>(await InstallAsync());
        var second = Assert.IsType<InstallResult.Installed>(await InstallAsync());
        Assert.Equal(first.Engine.Path, second.Engine.Path);
        Assert.Equal(1, _server.Downloads);

        var third = Assert.IsType<InstallResult.Installed>(await InstallAsync(replace: true));
        Assert.NotEqual(first.Engine.Path, third.Engine.Path);
        Assert.True(File.Exists(first.Engine.Path), "a running server may still use it");
        var fourth = Assert.IsType<InstallResult.Installed>(await InstallAsync(replace: true));
        Assert.False(File.Exists(first.Engine.Path), "two back");
        Assert.True(File.Exists(third.Engine.Path) && File.Exists(fourth.Engine.Path));
    }

    [Fact]
    public async Task A_wrong_digest_is_refused_and_nothing_is_left()
    {
        _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text()));
        _server.Latest = _server.Release("b6123", "sha256:" + new string('0', 64));
        Assert.Contains("tampered", await FailureAsync(), StringComparison.Ordinal);
        AssertNothingInstalled();
    }

    [Theory]
    [InlineData("md5:abc")]
    [InlineData("")]
    public async Task A_release_without_a_digest_is_refused(string digest)
    {
        _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text()));
        _server.Latest = _server.Release("b6123", digest);
        Assert.Contains("no SHA-256 digest", await FailureAsync(), StringComparison.Ordinal);
        Assert.Equal(0, _server.Downloads);
    }

    [Fact]
    public async Task A_truncated_download_is_refused_and_nothing_is_left()
    {
        // The connection is broken when bytes have arrived: a reset any earlier also takes away the headers.
        var arrived = new TaskCompletionSource();
        _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text(), padding: 100_000));
        _server.Send = async (context, content) =>
        {
            await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2));
            await context.Response.Body.FlushAsync();
            await arrived.Task.WaitAsync(Cancellation);
            context.Abort();
        };
        var result = await InstallAsync(progress: new Called(progress =>
        {
            if (progress.Phase == InstallPhase.Downloading)
            {
                arrived.TrySetResult();
            }
        }));
        Assert.Contains("broke off", Assert.Single(Assert.IsType<InstallResult.Failed>(result).Reasons).Reason, StringComparison.Ordinal);
        AssertNothingInstalled();
    }

    [Fact]
    public async Task A_download_that_stalls_is_given_up()
    {
        _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text(), padding: 100_000));
        _server.Send = static async (context, content) =>
        {
            await context.Response.Body.WriteAsync(content.AsMemory(0, 100));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        };
        Assert.Contains("sent nothing", await FailureAsync(stall: TimeSpan.FromMilliseconds(300)), StringComparison.Ordinal);
        AssertNothingInstalled();
    }

    [Fact]
    public async Task Cancelling_leaves_nothing_and_the_next_install_finishes()
    {
        _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text(), padding: 100_000));
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        _server.Send = async (context, content) =>
        {
            await context.Response.Body.WriteAsync(content.AsMemory(0, 100));
            await context.Response.Body.FlushAsync();
            await cancelled.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => InstallAsync(cancellation: cancelled.Token));
        AssertNothingInstalled();

        _server.Send = null;
        Assert.IsType<InstallResult.Installed>(await InstallAsync());
    }

    [Fact]
    public async Task What_a_killed_installer_left_is_removed_but_not_what_a_living_one_makes()
    {
        using var living = Process.Start(new ProcessStartInfo("sleep", ["60"]))!;
        try
        {
            var dead = Staging("dead", int.MaxValue - 1, 0);
            var reused = Staging("reused", living.Id, living.StartTime.ToUniversalTime().AddDays(-1).Ticks);
            var unsigned = Directory.CreateDirectory(Path.Combine(EngineFolder, ".staging-unsigned")).FullName;
            var alive = Staging("alive", living.Id, living.StartTime.ToUniversalTime().Ticks);
            _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text()));

            Assert.IsType<InstallResult.Installed>(await InstallAsync());
            Assert.Equal([false, false, false, true], new[] { dead, reused, unsigned, alive }.Select(Directory.Exists));
        }
        finally
        {
            living.Kill();
        }
    }

    [Fact]
    public async Task A_whole_install_whose_installer_was_killed_before_saying_so_is_used()
    {
        _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text()));
        var first = Assert.IsType<InstallResult.Installed>(await InstallAsync());
        File.Delete(Path.Combine(EngineFolder, "current.json"));
        var second = Assert.IsType<InstallResult.Installed>(await InstallAsync());
        Assert.Equal(first.Engine.Path, second.Engine.Path);
        Assert.Equal(1, _server.Downloads);
    }

    [Fact]
    public async Task Two_installers_at_once_download_once()
    {
        _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text(), padding: 500_000));
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => InstallAsync())));
        Assert.Single(results.Select(static result => Assert.IsType<InstallResult.Installed>(result).Engine.Path).Distinct());
        Assert.Equal(1, _server.Downloads);
    }

    [Fact]
    public async Task An_engine_that_does_not_run_here_is_not_installed()
    {
        _server.Offer(Asset, MadeArchive.Tar("#!/bin/sh\necho 'GLIBC_2.38 not found' >&2\nexit 1\n"));
        Assert.Contains("GLIBC_2.38 not found", await FailureAsync(), StringComparison.Ordinal);
        AssertNothingInstalled();
    }

    [Fact]
    public async Task The_users_library_path_is_not_what_makes_it_run()
    {
        _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text("${LD_LIBRARY_PATH-unset}")));
        var before = Environment.GetEnvironmentVariable("LD_LIBRARY_PATH");
        Environment.SetEnvironmentVariable("LD_LIBRARY_PATH", "/somewhere");
        try
        {
            Assert.Equal("unset", Assert.IsType<InstallResult.Installed>(await InstallAsync()).Engine.Version);
        }
        finally
        {
            Environment.SetEnvironmentVariable("LD_LIBRARY_PATH", before);
        }
    }

    [Fact]
    public async Task The_latest_release_may_not_be_filled_yet()
    {
        _server.Offer(Asset, MadeArchive.Tar(FakeBinary.Text()));
        _server.Recent = $"[{_server.Release("b6122")}]";
        _server.Latest = """{"tag_name": "b6123", "assets": [{"name": "llama-b6123-bin-macos-arm64.tar.gz"}, null]}""";
        Assert.Contains("release-b6122-", Assert.IsType<InstallResult.Installed>(await InstallAsync()).Engine.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_names_are_told_as_they_were_offered()
    {
        _server.Latest = """{"tag_name": "c1", "assets": [{"name": "llama-c1-penguin-amd64.tar.zst"}]}""";
        Assert.Contains("llama-c1-penguin-amd64.tar.zst", await FailureAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>log in to the hotel's network</html>")]
    [InlineData("null")]
    public async Task An_answer_that_is_no_release_is_a_reason(string answer)
    {
        _server.Latest = answer;
        Assert.Contains("answered", await FailureAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_host_falls_through_to_the_next_provider_within_the_time_to_connect()
    {
        // A listener whose backlog is full answers no further connection, as a firewall that drops.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;
        var fillers = Enumerable.Range(0, 8).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false }).ToArray();
        foreach (var filler in fillers)
        {
            try
            {
                filler.Connect(IPAddress.Loopback, port);
            }
            catch (SocketException)
            {
            }
        }

        _environment[ReleaseArchiveProvider.ApiVariable] = $"http://127.0.0.1:{port}";
        var installed = Assert.IsType<InstallResult.Installed>(await InstallAsync(then: new ScriptProvider()));
        Assert.Equal("script", installed.Provider);
        Assert.Equal(new ProviderFailure("release", "127.0.0.1 cannot be reached: no connection within 3 s."), Assert.Single(installed.PassedOver));
        Array.ForEach(fillers, static filler => filler.Dispose());
    }

    [Fact]
    public async Task A_refused_connection_falls_through_at_once()
    {
        _environment[ReleaseArchiveProvider.ApiVariable] = "http://127.0.0.1:1";
        var installed = Assert.IsType<InstallResult.Installed>(await InstallAsync(then: new ScriptProvider()));
        Assert.Contains("cannot be reached", Assert.Single(installed.PassedOver).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_http_is_for_this_machine_only()
    {
        _environment[ReleaseArchiveProvider.ApiVariable] = "http://releases.example";
        Assert.Contains("not an HTTPS address", await FailureAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_provider_can_be_forced()
    {
        _environment[EngineInstaller.ProviderVariable] = "Script";
        Assert.Equal("script", Assert.IsType<InstallResult.Installed>(await InstallAsync(then: new ScriptProvider())).Provider);

        _environment[EngineInstaller.ProviderVariable] = "flatpak";
        var failed = Assert.IsType<InstallResult.Failed>(await InstallAsync(then: new ScriptProvider()));
        Assert.Equal($"Set {EngineInstaller.ProviderVariable} to one of `release`, `script`, or unset it.", failed.Remedy);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_a_named_failure()
    {
        await File.WriteAllTextAsync(_folder["data"], "a file where the folder should be", Cancellation);
        var failed = Assert.IsType<InstallResult.Failed>(await InstallAsync());
        Assert.Contains(EngineFolder, failed.Remedy, StringComparison.Ordinal);
    }

    private string Staging(string name, int process, long started)
    {
        var path = Directory.CreateDirectory(Path.Combine(EngineFolder, ".staging-" + name)).FullName;
        File.WriteAllText(Path.Combine(path, "owner.json"), $$"""{"processId": {{process}}, "startedTicks": {{started}}}""");
        return path;
    }

    private async Task<string> FailureAsync(TimeSpan? stall = null)
    {
        var failed = Assert.IsType<InstallResult.Failed>(await InstallAsync(stall: stall));
        Assert.EndsWith(".", failed.Remedy, StringComparison.Ordinal);
        return Assert.Single(failed.Reasons).Reason;
    }

    private Task<InstallResult> InstallAsync(
        IEngineProvider? then = null, bool replace = false, TimeSpan? stall = null, IProgress<InstallProgress>? progress = null, CancellationToken? cancellation = null)
    {
        var release = new ReleaseArchiveProvider(_environment.GetValueOrDefault, static _ => Task.FromResult(new ReleaseTarget("ubuntu", "x64", [])), stall ?? TimeSpan.FromSeconds(30));
        ImmutableArray<IEngineProvider> providers = then is null ? [release] : [release, then];
        var installer = new EngineInstaller(new EngineInstallerOptions { DataFolder = _folder["data"], Replace = replace }, providers, _environment.GetValueOrDefault);
        return installer.InstallAsync(progress, cancellation ?? Cancellation);
    }

    private void AssertNothingHalfDone() => Assert.Empty(Directory.GetDirectories(EngineFolder, ".staging-*"));

    private void AssertNothingInstalled()
    {
        Assert.Empty(Directory.GetDirectories(EngineFolder));
        Assert.False(File.Exists(Path.Combine(EngineFolder, "current.json")));
    }

    /// <summary>Not <see cref="Progress{T}"/>: that one reports later, on another thread.</summary>
    private sealed class Called(Action<InstallProgress> report) : IProgress<InstallProgress>
    {
        public void Report(InstallProgress value) => report(value);
    }

    /// <summary>Has the script at hand.</summary>
    private sealed class ScriptProvider : IEngineProvider
    {
        public string Name => "script";

        public Task<ProviderOutcome> PrepareAsync(string workspace, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
        {
            FakeBinary.Create(Path.Combine(workspace, "payload"));
            return Task.FromResult<ProviderOutcome>(new ProviderOutcome.Prepared(
                Path.Combine(workspace, "payload"), new EngineManifest("script-1", Name, "llama-server", ["{root}/llama-server"])));
        }
    }
}
