using System.Diagnostics;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;

namespace GGLib.Engine.Processes;

/// <summary>
/// The private folder (mode 0700) where the children's sockets and pid files lie. Sweeping it at start ends the children of a gglib that
/// was killed where no parent-death signal exists.
/// </summary>
public sealed class RunDirectory
{
    private static int _opened;

    private readonly string _path;
    private readonly ProcessIdentity _owner;

    // Several servers of one process number their children alike.
    private readonly string _prefix = $"{Environment.ProcessId}-{Interlocked.Increment(ref _opened)}";

    private RunDirectory(string path)
    {
        _path = path;
        _owner = ProcessIdentity.Of(Environment.ProcessId) ?? new(Environment.ProcessId, 0);
    }

    /// <summary>
    /// Opens, and makes when missing, the folder that belongs to a data folder. Not below the data folder: a socket's path may have about
    /// 107 bytes.
    /// </summary>
    /// <exception cref="IOException">The folder belongs to another user, or cannot be made.</exception>
    public static RunDirectory Open(string dataFolder)
    {
        var hash = Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(Path.GetFullPath(dataFolder))))[..12];
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        string path;
        if (OperatingSystem.IsWindows())
        {
            path = Path.Combine(dataFolder, "run");
            Directory.CreateDirectory(path);
            return new RunDirectory(path);
        }

        path = runtime is { Length: > 0 and < 60 } && Directory.Exists(runtime)
            ? Path.Combine(runtime, $"gglib-{hash}")
            : Path.Combine("/tmp", $"gglib-{NativeMethods.GetEffectiveUserId()}-{hash}");
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(path, OwnerOnly);

        // In a folder open to all, somebody else may have made it first. Only its owner can change a mode: this throws for anybody else's,
        // and a link is never followed.
        if (new DirectoryInfo(path).LinkTarget is not null)
        {
            throw new IOException($"{path} is a link; gglib does not put its sockets behind one. Remove it.");
        }

        try
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path} belongs to another user. Set XDG_RUNTIME_DIR to a folder of your own.", exception);
        }

        return new RunDirectory(path);
    }

    /// <summary>A fresh address for a child.</summary>
    internal RunnerAddress CreateAddress(long instance) =>
        OperatingSystem.IsWindows() ? RunnerAddress.Loopback() : RunnerAddress.UnixSocket(Path.Combine(_path, $"{_prefix}-{instance}.sock"));

    /// <summary>The file for a child's chat template.</summary>
    internal string TemplateFile(long instance) => Path.Combine(_path, $"{_prefix}-{instance}.jinja");

    /// <summary>Notes a child, so that a later gglib can end it if this one cannot.</summary>
    internal void Register(long instance, int processId)
    {
        if (ProcessIdentity.Of(processId) is { } child)
        {
            var file = PidFile(instance);
            File.WriteAllLines(file + ".new", [_owner.ToString(), child.ToString()]);
            File.Move(file + ".new", file, overwrite: true);
        }
    }

    /// <summary>Forgets a child that has ended.</summary>
    internal void Unregister(long instance)
    {
        File.Delete(PidFile(instance));
        File.Delete(Path.ChangeExtension(PidFile(instance), ".sock"));
        File.Delete(TemplateFile(instance));
    }

    /// <summary>Ends the children of gglibs that are gone, and removes their files. Children of a living gglib are left alone.</summary>
    public void Sweep(ILogger log)
    {
        foreach (var file in Directory.EnumerateFiles(_path, "*.pid"))
        {
            try
            {
                var lines = File.ReadAllLines(file);
                if (lines.Length != 2 || ProcessIdentity.Parse(lines[0]) is not { } owner || ProcessIdentity.Parse(lines[1]) is not { } child)
                {
                    File.Delete(file);
                    continue;
                }

                if (owner.IsRunning)
                {
                    continue;
                }

                if (child.IsRunning)
                {
                    log.LogWarning("Ending llama-server {ProcessId}, left behind by a gglib that was killed", child.Id);
                    using var process = Process.GetProcessById(child.Id);
                    process.Kill();
                }

                File.Delete(Path.ChangeExtension(file, ".sock"));
                File.Delete(Path.ChangeExtension(file, ".jinja"));
                File.Delete(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or ExternalException)
            {
                log.LogDebug(exception, "Could not sweep {File}", file);
            }
        }
    }

    private string PidFile(long instance) => Path.Combine(_path, $"{_prefix}-{instance}.pid");
}
