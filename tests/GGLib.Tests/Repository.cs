using System.Runtime.CompilerServices;

namespace GGLib.Tests;

/// <summary>Where this checkout lies, wherever the test binary runs from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    /// <summary>A bundled model's path, for example <c>demo-chat</c>.</summary>
    public static string Model(string name) => Path.Combine(Root, "models", name + ".gguf");

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
