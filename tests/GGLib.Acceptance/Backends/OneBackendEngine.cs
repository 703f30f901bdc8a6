using System.Diagnostics;
using GGLib.Engine.Installation;

namespace GGLib.Acceptance.Backends;

/// <summary>A copy of an installed engine that has a single CPU backend, in a data folder of its own.</summary>
internal static class OneBackendEngine
{
    /// <summary>Makes the copy, or keeps one that is there and works.</summary>
    /// <param name="engine">The installed engine.</param>
    /// <param name="source">The data folder that it is installed in.</param>
    /// <param name="target">The data folder of the copy.</param>
    /// <param name="choice">A backend's name, or <see cref="CpuBackends.Oldest"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task MakeAsync(EngineBinary engine, string source, string target, string choice, CancellationToken cancellation)
    {
        var (from, to) = (Path.Combine(source, "engine"), Path.Combine(target, "engine"));
        var id = Path.GetRelativePath(from, engine.Path).Split(Path.DirectorySeparatorChar)[0];
        var (installed, copy) = (Path.Combine(from, id), Path.Combine(to, id));
        var tried = new List<string>();
        foreach (var name in CpuBackends.Candidates(CpuBackends.In(installed), choice))
        {
            if (Directory.Exists(copy) && await LoadedAsync(engine, installed, copy, cancellation) == name)
            {
                return;
            }

            // Under another name until it is whole: another run of the tests may be making the same copy.
            var unfinished = Path.Combine(to, $".making-{Guid.NewGuid():N}");
            Copy(installed, unfinished);
            CpuBackends.KeepOnly(unfinished, name);
            if (await LoadedAsync(engine, installed, unfinished, cancellation) != name)
            {
                Directory.Delete(unfinished, recursive: true);
                tried.Add(name);
                continue;
            }

            Replace(copy, unfinished);
            File.Copy(Path.Combine(from, "current.json"), Path.Combine(to, "current.json"), overwrite: true);
            return;
        }

        throw new InvalidOperationException($"This processor does not support the engine's CPU backend {string.Join(" or ", tried)}.");
    }

    // Links stay links: the engine finds its backends through relative ones beside its loader.
    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                File.CreateSymbolicLink(target, link);
            }
            else if (entry is DirectoryInfo)
            {
                Copy(entry.FullName, target);
            }
            else
            {
                File.Copy(entry.FullName, target);
            }
        }
    }

    private static void Replace(string copy, string unfinished)
    {
        try
        {
            if (Directory.Exists(copy))
            {
                Directory.Delete(copy, recursive: true);
            }

            Directory.Move(unfinished, copy);
        }
        catch (IOException) when (Directory.Exists(copy))
        {
            // The other run was first.
            Directory.Delete(unfinished, recursive: true);
        }
    }

    /// <summary>The backend that the engine in a folder loads, as its log says: it loads backends before it looks for the model, which does not exist.</summary>
    private static async Task<string?> LoadedAsync(EngineBinary engine, string installed, string folder, CancellationToken cancellation)
    {
        var command = engine.Command.Select(part => part.Replace(installed, folder, StringComparison.Ordinal)).ToArray();

        // Libraries write what they load at a high verbosity only.
        var start = new ProcessStartInfo(command[0], [.. command[1..], "--model", Path.Combine(folder, "none.gguf"), "--port", "0", "--verbosity", "5"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        return CpuBackends.NamedIn(string.Join('\n', string.Concat(said).Split('\n').Where(static line => line.Contains("loaded CPU backend", StringComparison.Ordinal)))) is [var name] ? name : null;
    }
}
