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
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

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
    /// <exception cref="IOException">The folder belongs to another user, is no folder, or cannot be made.</exception>
    public static RunDirectory Open(string dataFolder)
    {
        var hash = Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(Path.GetFullPath(dataFolder))))[..12];
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return At(OperatingSystem.IsWindows() ? Path.Combine(dataFolder, "run")
            : runtime is { Length: > 0 and < 60 } && Directory.Exists(runtime) ? Path.Combine(runtime, $"gglib-{hash}")
            : Path.Combine("/tmp", $"gglib-{NativeMethods.GetEffectiveUserId()}-{hash}"));
    }

    /// <summary>Removes the folder if nothing is in it. It is made again when it is needed.</summary>
    public void RemoveIfEmpty()
    {
        try
        {
            Directory.Delete(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another gglib with the same data folder has files in it, or it is gone already.
        }
    }

    /// <summary>Opens the folder at a path.</summary>
    /// <exception cref="IOException">The folder belongs to another user, is no folder, or cannot be made.</exception>
    internal static RunDirectory At(string path)
    {
        var directory = new RunDirectory(path);
        directory.Ensure();
        return directory;
    }

    /// <summary>A fresh address for a child.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    internal RunnerAddress CreateAddress(long instance)
    {
        Ensure();
        return OperatingSystem.IsWindows() ? RunnerAddress.Loopback() : RunnerAddress.UnixSocket(Path.Combine(_path, $"{_prefix}-{instance}.sock"));
    }

    /// <summary>The file for a child's chat template.</summary>
    internal string TemplateFile(long instance) => Path.Combine(_path, $"{_prefix}-{instance}.jinja");

    /// <summary>Writes a child's chat template.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void WriteTemplate(long instance, string template) => Write(TemplateFile(instance), template);

    /// <summary>Notes a child, so that a later gglib can end it if this one cannot.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void Register(long instance, int processId)
    {
        if (ProcessIdentity.Of(processId) is { } child)
        {
            var file = PidFile(instance);
            Write(file + ".new", $"{_owner}\n{child}\n");
            File.Move(file + ".new", file, overwrite: true);
        }
    }

    /// <summary>Forgets a child that has ended.</summary>
    internal void Unregister(long instance)
    {
        foreach (var file in new[] { PidFile(instance), PidFile(instance) + ".new", Path.ChangeExtension(PidFile(instance), ".sock"), TemplateFile(instance) })
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The folder was removed while gglib ran, or a file cannot be: the next sweep looks again.
            }
        }
    }

    /// <summary>Ends the children of gglibs that are gone, and removes their files. Children of a living gglib are left alone.</summary>
    public void Sweep(ILogger log)
    {
        foreach (var file in Directory.EnumerateFiles(_path, "*.pid"))
        {
            try
            {
                // A file of another user, or a link, says nothing about our children.
                if (!OperatingSystem.IsWindows() && !(LinkStatus.Of(file) is { IsFile: true } status && status.Owner == NativeMethods.GetEffectiveUserId()))
                {
                    File.Delete(file);
                    continue;
                }

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

    /// <summary>Makes the folder if it is missing, for example because a cleaner of /tmp removed it, and checks that it is this user's.</summary>
    private void Ensure()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_path);
            return;
        }

        try
        {
            Directory.CreateDirectory(_path, OwnerOnly);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{_path} cannot be made: {exception.Message}", exception);
        }

        // In a folder open to all, somebody else may have made it first. Being root does not make it ours.
        var user = NativeMethods.GetEffectiveUserId();
        switch (LinkStatus.Of(_path))
        {
            case { IsFolder: true } status when status.Owner == user:
                if (status.Permissions != OwnerOnly)
                {
                    File.SetUnixFileMode(_path, OwnerOnly);
                }

                return;
            case { IsLink: true }:
                throw new IOException($"{_path} is a link; gglib does not put its sockets behind one. Remove it.");
            case { IsFolder: true }:
                throw new IOException($"{_path} belongs to another user. Set XDG_RUNTIME_DIR to a folder of your own.");
            default:
                throw new IOException($"{_path} is not a folder. Remove it.");
        }
    }

    /// <summary>Writes a file that did not exist: one that somebody put there is removed and never written to, and a link is not followed.</summary>
    private void Write(string path, string text)
    {
        Ensure();
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        using var file = new StreamWriter(path, options);
        file.Write(text);
    }
}
