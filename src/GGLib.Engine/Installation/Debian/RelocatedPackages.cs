namespace GGLib.Engine.Installation.Debian;

/// <summary>
/// Makes packages that were unpacked outside of <c>/usr</c> runnable. They bring a newer C library than the machine may have, so
/// their own dynamic loader is what is executed, with the libraries' folders named: no <c>LD_LIBRARY_PATH</c>, which the engine's
/// own children would inherit.
/// </summary>
internal static class RelocatedPackages
{
    /// <summary>Loaded on demand for character sets and cryptography that llama-server does not use.</summary>
    private static readonly string[] UnusedPlugins = ["gconv", "engines-3", "ossl-modules"];

    /// <summary>Arranges the unpacked files for running, removes what running does not need, and returns the command; null when llama-server or the loader is not among them.</summary>
    public static (string Binary, string[] Command)? Arrange(string root)
    {
        var binary = Path.Combine("usr", "bin", "llama-server");
        var libraries = Directory.Exists(Path.Combine(root, "usr", "lib")) ? Directory.GetDirectories(Path.Combine(root, "usr", "lib"), "*-linux-*") : [];
        var loader = libraries.SelectMany(static folder => Directory.GetFiles(folder, "ld-linux*.so.*")).FirstOrDefault();
        if (loader is null || !File.Exists(Path.Combine(root, binary)))
        {
            return null;
        }

        var folder = Path.GetDirectoryName(loader)!;
        var backends = Directory.Exists(Path.Combine(folder, "ggml")) ? Directory.GetDirectories(Path.Combine(folder, "ggml"), "backends*") : [];

        // The backends are looked for beside the running executable, which is the loader.
        foreach (var backend in backends.SelectMany(static path => Directory.GetFiles(path, "*.so")))
        {
            var link = Path.Combine(folder, Path.GetFileName(backend));
            if (!File.Exists(link))
            {
                File.CreateSymbolicLink(link, Path.GetRelativePath(folder, backend));
            }
        }

        Prune(root, folder);
        var paths = backends.Prepend(Path.Combine(folder, "llama")).Prepend(folder).Select(path => Marked(root, path));
        return (binary, [Marked(root, loader), "--library-path", string.Join(':', paths), $"{EngineManifest.RootMark}/{binary}"]);
    }

    private static string Marked(string root, string path) => $"{EngineManifest.RootMark}/{Path.GetRelativePath(root, path)}";

    /// <summary>Two thirds of what is unpacked is documentation, locales, character sets and other programs.</summary>
    private static void Prune(string root, string libraries)
    {
        foreach (var path in Directory.GetFileSystemEntries(root).Where(static path => Path.GetFileName(path) != "usr")
            .Concat(Directory.GetFileSystemEntries(Path.Combine(root, "usr")).Where(static path => Path.GetFileName(path) is not ("bin" or "lib")))
            .Concat(Directory.GetFileSystemEntries(Path.Combine(root, "usr", "lib")).Where(path => path != libraries))
            .Concat(Directory.GetFiles(Path.Combine(root, "usr", "bin")).Where(static path => !Path.GetFileName(path).StartsWith("llama-", StringComparison.Ordinal)))
            .Concat(UnusedPlugins.Select(name => Path.Combine(libraries, name))))
        {
            if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
    }
}
