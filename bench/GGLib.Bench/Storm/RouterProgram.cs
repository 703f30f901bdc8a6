namespace GGLib.Bench.Storm;

/// <summary>
/// A llama-server that can start itself again. Its router starts children from its own executable, which for a relocated Debian package is the loader: the loader would be started with llama-server's flags.
/// </summary>
internal static class RouterProgram
{
    /// <summary>As <c>LLAMA_SERVER_ROUTER</c> names it; as gglib starts it, when that is the program itself; else a copy that names the package's loader as its own.</summary>
    /// <param name="engine">How gglib starts llama-server: a program, or loader, --library-path, libraries, program.</param>
    /// <param name="folder">Where the copy goes; its path must be short.</param>
    /// <returns>The program, with what belongs before its flags.</returns>
    public static IReadOnlyList<string> Prepare(IReadOnlyList<string> engine, string folder)
    {
        if (Environment.GetEnvironmentVariable("LLAMA_SERVER_ROUTER") is { Length: > 0 } named)
        {
            return [named];
        }

        if (engine is not [var loader, "--library-path", var libraries, var program])
        {
            return engine;
        }

        // The loader's name in the program is overwritten in place: a link with a name that is no longer leads to the package's own.
        var bytes = File.ReadAllBytes(program);
        var old = "/lib64/ld-linux-x86-64.so.2\0"u8;
        var place = bytes.AsSpan().IndexOf(old);
        var link = Path.Combine(folder, "ld");
        if (place < 0 || link.Length >= old.Length)
        {
            throw new InvalidOperationException($"{program} cannot be made to start itself: {(place < 0 ? "it names no loader" : $"{link} is too long, set TMPDIR to a shorter folder")}. Name another one in LLAMA_SERVER_ROUTER.");
        }

        File.CreateSymbolicLink(link, loader);
        var name = bytes.AsSpan(place, old.Length);
        name.Clear();
        System.Text.Encoding.ASCII.GetBytes(link, name);

        // What computes is looked for beside the executable.
        var beside = Directory.CreateDirectory(Path.Combine(folder, "router")).FullName;
        foreach (var backend in libraries.Split(':').Where(static path => path.EndsWith("/backends0", StringComparison.Ordinal)).SelectMany(Directory.GetFiles))
        {
            File.CreateSymbolicLink(Path.Combine(beside, Path.GetFileName(backend)), backend);
        }

        var copy = Path.Combine(beside, "llama-server");
        File.WriteAllBytes(copy, bytes);
        File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // For the program alone: the machine's own programs, such as the shell that starts it, cannot live with another C library.
        return ["/usr/bin/env", $"LD_LIBRARY_PATH={libraries}", copy];
    }
}
