using System.Text.Json;
using FakeLlama.Script;

namespace GGLib.Tests.FakeLlamaServer;

/// <summary>
/// A real, tiny GGUF file in a folder of its own, with the script the fake llama-server follows when it is given that
/// file. Use <see cref="ProgramPath"/> as the engine and <see cref="Path"/> as the model. Disposing deletes the folder.
/// </summary>
internal sealed class FakeModel : IDisposable
{
    // Short: a socket's path may have about 107 bytes, and macOS's own temporary folder alone takes half of them.
    private static readonly string Root = OperatingSystem.IsWindows() ? System.IO.Path.GetTempPath() : "/tmp";

    public FakeModel(FakeScript? script = null, string name = "fake")
    {
        Directory = System.IO.Path.Combine(Root, "ggf-" + Guid.NewGuid().ToString("N")[..12]);
        System.IO.Directory.CreateDirectory(Directory);
        Path = System.IO.Path.Combine(Directory, name + ".gguf");
        File.Copy(Repository.Model("tiny-random"), Path);
        Write(script ?? new FakeScript());
    }

    /// <summary>The fake program: built with the tests, beside them.</summary>
    public static string ProgramPath { get; } =
        System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "FakeLlamaServer.exe" : "FakeLlamaServer");

    public string Directory { get; }

    public string Path { get; }

    public string ScriptPath => Path + ".fake.json";

    /// <summary>True when a fault that happens once has happened.</summary>
    public bool FaultHappened => File.Exists(ScriptPath + ".done");

    /// <summary>Replaces the script; a running fake follows it from its next request on.</summary>
    public void Write(FakeScript script)
    {
        // Renamed into place, so that a fake that reads at this moment sees one or the other.
        File.WriteAllBytes(ScriptPath + ".new", JsonSerializer.SerializeToUtf8Bytes(script, FakeJson.Default.FakeScript));
        File.Move(ScriptPath + ".new", ScriptPath, overwrite: true);
        File.Delete(ScriptPath + ".done");
    }

    /// <summary>What was asked, when the script's <see cref="FakeScript.RecordTo"/> names this file.</summary>
    public static RecordedRequest[] Recorded(string file) =>
        [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize(line, FakeJson.Default.RecordedRequest)!)];

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
