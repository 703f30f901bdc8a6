using System.Collections.Immutable;

namespace GGLib.Engine.Installation;

/// <summary>Reads a binary's compute backends from the names of the libraries beside it, <c>libggml-vulkan.so</c> or <c>ggml-cuda.dll</c>.</summary>
internal static class BackendFiles
{
    private static readonly string[] Known = ["cuda", "vulkan", "hip", "metal", "sycl", "opencl", "openvino", "cann", "musa", "webgpu", "hexagon", "zdnn", "blas", "rpc", "cpu"];

    public static ImmutableArray<string> Beside(string path)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var folder in Folders(path))
        {
            try
            {
                foreach (var file in Directory.EnumerateFiles(folder, "*ggml-*"))
                {
                    Add(found, Path.GetFileName(file));
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Not a layout of this system.
            }
        }

        return [.. found];
    }

    private static void Add(SortedSet<string> found, string fileName)
    {
        var name = fileName.StartsWith("lib", StringComparison.Ordinal) ? fileName.AsSpan(3) : fileName;
        if (!name.StartsWith("ggml-", StringComparison.Ordinal))
        {
            return;
        }

        name = name["ggml-".Length..];
        foreach (var backend in Known)
        {
            // "cpu" also as cpu-haswell; but not "cudart" for "cuda".
            if (name.StartsWith(backend, StringComparison.Ordinal) && (name.Length == backend.Length || name[backend.Length] is '.' or '-'))
            {
                found.Add(backend);
            }
        }
    }

    /// <summary>The binary's own folder, and where Unix packages put libraries: <c>../lib</c>, <c>../lib/TRIPLET/ggml/backends0</c>.</summary>
    private static IEnumerable<string> Folders(string path)
    {
        string? target;
        try
        {
            target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            target = null;
        }

        var own = Path.GetDirectoryName(target ?? path)!;
        yield return own;

        var prefix = Path.GetDirectoryName(own);
        if (prefix is null || Path.GetFileName(own) != "bin")
        {
            yield break;
        }

        foreach (var name in new[] { "lib", "lib64", "libexec" })
        {
            var lib = Path.Combine(prefix, name);
            if (!Directory.Exists(lib))
            {
                continue;
            }

            yield return lib;
            foreach (var folder in Children(lib, "ggml").Concat(Children(lib, "*-linux-gnu*")))
            {
                yield return folder;
                foreach (var backends in Children(folder, "backends*").Concat(Children(Path.Combine(folder, "ggml"), "backends*")))
                {
                    yield return backends;
                }
            }
        }
    }

    private static string[] Children(string folder, string pattern)
    {
        try
        {
            return Directory.GetDirectories(folder, pattern);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
