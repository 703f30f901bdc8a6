using System.Collections.Frozen;
using System.Diagnostics;
using System.Runtime.Versioning;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Tests.Engine.Installation;
using Microsoft.Extensions.Logging.Abstractions;

namespace GGLib.Tests.Engine.Processes;

/// <summary>The folder of sockets and pid files, where other users could have been before.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RunDirectoryTests
{
    [Fact]
    public async Task The_run_folder_is_the_owners_alone_and_its_paths_are_short()
    {
        using var data = new TempFolder();
        var path = RunFolder(data);
        try
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
            File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
            Assert.Equal(path, RunFolder(data));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
            var directory = RunDirectory.Open(data.Path);
            var address = directory.CreateAddress(long.MaxValue);
            Assert.NotEqual(address.SocketPath, RunDirectory.Open(data.Path).CreateAddress(long.MaxValue).SocketPath);
            Assert.True(address.SocketPath!.Length < 107, address.SocketPath);
            Assert.Null(address.ApiKey);
            await File.WriteAllTextAsync(address.SocketPath, "stale", TestContext.Current.CancellationToken);
            directory.CreateAddress(long.MaxValue);
            Assert.False(File.Exists(address.SocketPath));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void A_link_in_the_run_folders_place_is_refused()
    {
        using var data = new TempFolder();
        var path = RunFolder(data);
        Directory.Delete(path);
        File.CreateSymbolicLink(path, data.Path);
        try
        {
            Assert.Contains("is a link", Assert.Throws<IOException>(() => RunDirectory.Open(data.Path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_sweep_ends_the_children_of_the_dead_and_leaves_those_of_the_living()
    {
        using var data = new TempFolder();
        var path = RunFolder(data);
        using var orphan = Process.Start("sleep", "1000");
        using var ours = Process.Start("sleep", "1000");
        try
        {
            var directory = RunDirectory.Open(data.Path);
            directory.Register(7, ours.Id);
            await File.WriteAllLinesAsync(Path.Combine(path, "1-1.pid"), ["1 99", ProcessIdentity.Of(orphan.Id)!.Value.ToString()], TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(path, "1-1.sock"), "", TestContext.Current.CancellationToken);
            await File.WriteAllLinesAsync(Path.Combine(path, "1-2.pid"), ["1 99", $"{ours.Id} 5"], TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(path, "1-3.pid"), "noise", TestContext.Current.CancellationToken);

            directory.Sweep(NullLogger.Instance);

            await orphan.WaitForExitAsync(Limit.Token);
            Assert.False(ours.HasExited);
            Assert.Matches($"^{Environment.ProcessId}-[0-9]+-7\\.pid$", Path.GetFileName(Assert.Single(Directory.GetFiles(path))));
            directory.Unregister(7);
            Assert.Empty(Directory.GetFiles(path));
        }
        finally
        {
            orphan.Kill();
            ours.Kill();
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void A_file_in_the_run_folders_place_is_refused()
    {
        using var data = new TempFolder();
        File.WriteAllText(data["run"], "");

        Assert.ThrowsAny<IOException>(() => RunDirectory.At(data["run"]));
    }

    /// <summary>The superuser may change a foreign folder's mode: that proves nothing about who owns it.</summary>
    [Fact]
    public void A_folder_of_another_user_is_refused_also_for_root()
    {
        using var data = new TempFolder();
        Directory.CreateDirectory(data["run"]);
        GiveAway(data["run"]);

        Assert.Contains("belongs to another user", Assert.Throws<IOException>(() => RunDirectory.At(data["run"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pid_file_of_another_user_ends_nothing()
    {
        using var data = new TempFolder();
        using var victim = Process.Start("sleep", "1000");
        try
        {
            var directory = RunDirectory.At(data["run"]);
            var forged = Path.Combine(data["run"], "1-1-1.pid");
            File.WriteAllLines(forged, ["1 99", ProcessIdentity.Of(victim.Id)!.Value.ToString()]);
            GiveAway(forged);

            directory.Sweep(NullLogger.Instance);

            Assert.False(victim.HasExited);
            Assert.False(File.Exists(forged));
        }
        finally
        {
            victim.Kill();
        }
    }

    [Fact]
    public void A_link_in_a_files_place_is_replaced_and_not_followed()
    {
        using var data = new TempFolder();
        File.WriteAllText(data["precious"], "precious");
        var directory = RunDirectory.At(data["run"]);
        var pid = Path.ChangeExtension(directory.TemplateFile(7), ".pid");
        foreach (var file in new[] { directory.TemplateFile(7), pid + ".new", pid })
        {
            File.CreateSymbolicLink(file, data["precious"]);
        }

        directory.WriteTemplate(7, "template");
        directory.Register(7, Environment.ProcessId);

        Assert.Equal("precious", File.ReadAllText(data["precious"]));
        Assert.Equal("template", File.ReadAllText(directory.TemplateFile(7)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory.TemplateFile(7)));
        Assert.True(LinkStatus.Of(pid)!.Value.IsFile);
        directory.Unregister(7);
        Assert.Empty(Directory.GetFileSystemEntries(data["run"]));
    }

    [Fact]
    public void A_folder_that_a_cleaner_removed_is_made_again()
    {
        using var data = new TempFolder();
        var directory = RunDirectory.At(data["run"]);
        Directory.Delete(data["run"]);

        directory.Unregister(1);
        directory.CreateAddress(1);
        Assert.True(Directory.Exists(data["run"]));
        Directory.Delete(data["run"]);
        directory.WriteTemplate(1, "template");
        Assert.True(File.Exists(directory.TemplateFile(1)));
        Directory.Delete(data["run"], recursive: true);
        directory.Register(1, Environment.ProcessId);
        Assert.Single(Directory.GetFiles(data["run"]));
    }

    [Fact]
    public void The_folder_is_removed_when_it_is_empty_and_only_then()
    {
        using var data = new TempFolder();
        var directory = RunDirectory.At(data["run"]);
        directory.Register(1, Environment.ProcessId);

        directory.RemoveIfEmpty();
        Assert.True(Directory.Exists(data["run"]));
        directory.Unregister(1);
        directory.RemoveIfEmpty();
        Assert.False(Directory.Exists(data["run"]));
        directory.RemoveIfEmpty();
    }

    /// <summary>A folder in the pid file's place stands for a disk without room: the file cannot be written.</summary>
    [Fact]
    public async Task A_child_that_cannot_be_noted_is_ended()
    {
        using var data = new TempFolder();
        var directory = RunDirectory.At(data["run"]);
        Directory.CreateDirectory(Path.ChangeExtension(directory.TemplateFile(1), ".pid"));
        var script = $"echo $$ > {data["child"]}; exec sleep 1000";
        var binary = new EngineBinary { Path = "/bin/sh", Command = ["/bin/sh", "-c", script], Origin = EngineOrigin.Configured, Version = "0.7.0", Flags = FrozenSet<string>.Empty };
        var before = ChildProcess.Running.ToHashSet();

        var result = await new LlamaServerFactory(binary, directory, TimeProvider.System, NullLogger<LlamaServerFactory>.Instance)
            .StartAsync(new RunnerRequest(new EngineModel { Key = "m", Path = "/m.gguf" }, 1, null, new EngineSettings()), Limit.Token);

        Assert.StartsWith("the run folder cannot be used: ", result.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(ChildProcess.Running.Except(before), id => ChildOf(data["child"]) == id);
        Assert.True(ChildOf(data["child"]) is not { } child || ProcessIdentity.Of(child) is null);
    }

    private static int? ChildOf(string file) => File.Exists(file) && int.TryParse(File.ReadAllText(file), out var id) ? id : null;

    private static string RunFolder(TempFolder data) => Path.GetDirectoryName(RunDirectory.Open(data.Path).CreateAddress(0).SocketPath)!;

    /// <summary>Only root can do that.</summary>
    private static void GiveAway(string path)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give a file to another user");
        using var change = Process.Start("chown", ["65534:65534", path]);
        change.WaitForExit();
        Assert.Equal(0, change.ExitCode);
    }
}
