using System.Diagnostics;
using System.Runtime.Versioning;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Engine.Processes;

/// <summary>Real processes of the system's shell.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ChildProcessTests
{
    [Theory]
    [InlineData("echo out; echo err >&2; exit 3", "exit code 3")]
    [InlineData("echo 'error: bad flag' >&2; exit 1", "error: bad flag (exit code 1)")]
    [InlineData("echo hello; exit 3", "exit code 3")]
    [InlineData("exit 3", "exit code 3, before it wrote a line")]
    [InlineData("kill -9 $$", "killed by signal 9, as the operating system does when memory runs out")]
    [InlineData("echo 'GGML_ASSERT(x) failed' >&2; kill -6 $$", "GGML_ASSERT(x) failed (ended by signal 6)")]
    public async Task The_end_is_told_with_its_reason(string script, string expected)
    {
        await using var child = await StartAsync(script);

        Assert.Equal(expected, await child.Exited.Within());
    }

    /// <summary>The Process object notices an exit later than /proc does, and throws for a process without a stat file. Refreshing it while it exits once hid the exit for ever.</summary>
    [Fact]
    public async Task The_usage_of_a_child_is_readable_at_any_time_of_its_exit()
    {
        for (var i = 0; i < 50; i++)
        {
            await using var child = await StartAsync("exit 0");

            while (!child.Exited.IsCompleted)
            {
                child.Usage();
                await Task.Yield();
            }

            Assert.Equal(default, child.Usage());
        }
    }

    [Fact]
    public async Task Asked_to_end_a_child_has_time_to_do_so()
    {
        await using var child = await StartAsync("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done");
        await SaysAsync(child, "ready");

        await child.StopAsync(Limit.Time).Within();

        Assert.Equal("exit code 0", await child.Exited);
        Assert.Contains("bye", child.Log.Lines());
    }

    [Fact]
    public async Task A_child_that_will_not_end_is_killed()
    {
        await using var child = await StartAsync("trap '' TERM; echo ready; while :; do sleep 0.01; done");
        await SaysAsync(child, "ready");

        await child.StopAsync(TimeSpan.FromMilliseconds(50)).Within();

        Assert.Equal("ended by signal 9", await child.Exited);
        Assert.Null(ProcessIdentity.Of(child.Id));
    }

    [Fact]
    public async Task A_disposed_child_is_gone_whatever_it_does()
    {
        var child = await StartAsync("trap '' TERM; echo ready; exec sleep 1000");
        await SaysAsync(child, "ready");

        await child.DisposeAsync().AsTask().Within();

        Assert.Null(ProcessIdentity.Of(child.Id));
    }

    [Fact]
    public async Task What_is_set_for_a_child_is_in_its_environment_beside_what_it_inherits()
    {
        var child = await ChildProcess.StartAsync(["/bin/sh", "-c", "echo $SPINS $PATH"], new ChildLog(), environment: [new("SPINS", "1000", new(OriginKind.Default, "a test"))]);
        await using (child)
        {
            await child.Exited.Within();

            Assert.Equal($"1000 {Environment.GetEnvironmentVariable("PATH")}", Assert.Single(child.Log.Lines()));
        }
    }

    [Fact]
    public async Task A_disposed_child_leaves_no_descriptor_behind()
    {
        var child = await StartAsync("echo ready; exec sleep 1000");
        await SaysAsync(child, "ready");
        string[] pipes = [.. Enumerable.Range(0, 3).Select(number => File.ResolveLinkTarget($"/proc/{child.Id}/fd/{number}", returnFinalTarget: false)!.Name).Where(static name => name.StartsWith("pipe:", StringComparison.Ordinal))];
        Assert.NotEmpty(pipes);

        await child.DisposeAsync().AsTask().Within();

        Assert.DoesNotContain(Directory.EnumerateFiles("/proc/self/fd").Select(TargetOf), pipes.Contains);
    }

    private static string TargetOf(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name ?? "";
        }
        catch (IOException)
        {
            // Another test's, closed by now.
            return "";
        }
    }

    [Fact]
    public async Task A_grandchild_that_holds_the_pipes_does_not_hide_the_end()
    {
        await using var child = await StartAsync("sleep 1000 & echo $!; exit 4");

        Assert.Equal("exit code 4", await child.Exited.Within());
        using var grandchild = Process.GetProcessById(int.Parse(child.Log.Lines()[0], System.Globalization.CultureInfo.InvariantCulture));
        grandchild.Kill();
    }

    [Fact]
    public async Task A_process_is_not_mistaken_for_another()
    {
        await using var child = await StartAsync("echo ready; exec sleep 1000");
        await SaysAsync(child, "ready");
        var identity = ProcessIdentity.Of(child.Id)!.Value;

        Assert.Equal(identity, ProcessIdentity.Parse(identity.ToString()));
        Assert.True(identity.IsRunning);
        Assert.False((identity with { StartTime = identity.StartTime - 1 }).IsRunning);
        await child.StopAsync(Limit.Time).Within();
        Assert.False(identity.IsRunning);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5 x")]
    [InlineData("-5 3")]
    [InlineData("1 2 3")]
    public void What_is_no_identity(string text) => Assert.Null(ProcessIdentity.Parse(text));

    [Fact]
    public async Task A_zombie_has_ended()
    {
        // The shell becomes a program that never asks for its child's end.
        await using var child = await StartAsync("sleep 0.05 & echo $!; exec sleep 1000");
        await SaysAsync(child, "");
        var id = int.Parse(child.Log.Lines()[0], System.Globalization.CultureInfo.InvariantCulture);
        while (!File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        Assert.Null(ProcessIdentity.Of(id));
    }

    [Fact]
    public async Task Silence_is_told_from_a_slow_load()
    {
        var time = new FakeTimeProvider();
        using var folder = new Installation.TempFolder();

        // At the end it stops itself: a shell that becomes another program at that moment changes its memory, which is a sign of life.
        await using var child = await StartAsync($"echo ready; while [ ! -e {folder["go"]} ]; do sleep 0.01; done; echo more; kill -STOP $$");
        await SaysAsync(child, "ready");
        var progress = new LoadProgress(child, time, 0);
        progress.Silence();

        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromHours(1), progress.Silence());
        await File.WriteAllTextAsync(folder["go"], "", TestContext.Current.CancellationToken);
        await SaysAsync(child, "more");
        Assert.Equal(TimeSpan.Zero, progress.Silence());
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(5), progress.Silence());
    }

    private static Task<ChildProcess> StartAsync(string script) => ChildProcess.StartAsync(["/bin/sh", "-c", script], new ChildLog());

    /// <summary>Waits until the child has written such a line.</summary>
    private static async Task SaysAsync(ChildProcess child, string text)
    {
        var limit = Limit.Token;
        while (!child.Log.Lines().Any(line => line.Contains(text, StringComparison.Ordinal)))
        {
            limit.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
