namespace GGLib.Tests.Engine.Installation;

/// <summary>A shell script that answers <c>--version</c> and <c>--help</c> as llama-server does, and notes each run beside itself.</summary>
internal static class FakeBinary
{
    public const string Version = "9.9.9 (build 1, commit fake)";

    public static string Text(string version = Version) => $"""
        #!/bin/sh
        echo "$1" >> "$0.runs"
        case "$1" in
          --version) echo "version: {version}" >&2; echo "built with a shell" >&2 ;;
          --help) printf '%s\n' '-m,    --model FNAME     model path' '--port PORT            port' '-kvu,  --kv-unified, -no-kvu, --no-kv-unified' ;;
          *) exit 1 ;;
        esac

        """.ReplaceLineEndings("\n");

    public static string Create(string folder, string? text = null)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "llama-server");
        File.WriteAllText(path, text ?? Text());
        MakeExecutable(path);
        return path;
    }

    public static int Runs(string path) => File.Exists(path + ".runs") ? File.ReadAllLines(path + ".runs").Length : 0;

    private static void MakeExecutable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
