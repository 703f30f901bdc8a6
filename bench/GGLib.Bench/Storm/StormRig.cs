using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GGLib.Bench.Measuring;
using GGLib.Bench.Processes;

namespace GGLib.Bench.Storm;

/// <summary>The servers of the storm: gglib with a data folder of its own, llama-server's router, and llama-server alone; and the models' own texts.</summary>
/// <param name="options">What to run.</param>
/// <param name="folder">Where everything lies that is written. Models lie in it as well: its name in a command line tells our processes from every other's.</param>
internal sealed class StormRig(StormOptions options, string folder)
{
    private static readonly Dictionary<string, string> Nothing = [];

    private string? _home;
    private string[]? _command;
    private Truth? _truth;

    public StormOptions Options => options;

    public string Folder => folder;

    public IReadOnlyList<string> Names => [.. options.Models.Select(static path => Path.GetFileNameWithoutExtension(path)!)];

    public string EmbeddingName => Path.GetFileNameWithoutExtension(options.Embedding);

    /// <summary>Where the models are: named in every child's command line.</summary>
    public string ModelFolder => Path.Combine(folder, "models");

    /// <summary>Where gglib's sockets and pid files are.</summary>
    public string RunFolder => Path.Combine(folder, "run");

    /// <summary>The texts of the models that complete.</summary>
    public async Task<Truth> TruthAsync()
    {
        if (_truth is not null)
        {
            return _truth;
        }

        var truth = new Truth();
        foreach (var name in Names)
        {
            using var engine = StartEngine(name);
            var lead = await truth.LearnAsync(name, engine.Port).ConfigureAwait(false);
            Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{name}: each token of its {truth.Prompts(name).Count} texts leads by {lead:F3} at least"));
        }

        return _truth = truth;
    }

    /// <summary>gglib with room for so many models; 0: as memory has it.</summary>
    /// <param name="room">Most models at once.</param>
    /// <param name="engine">The program to run as llama-server; null: the installed one.</param>
    /// <param name="port">Where to listen; 0: on a free port.</param>
    public RunningServer StartGGLib(int room, string? engine = null, int port = 0)
    {
        var environment = new Dictionary<string, string>
        {
            ["GGLIB_HOME"] = Home(),
            ["XDG_RUNTIME_DIR"] = RunFolder,
            ["OLLAMA_MAX_LOADED_MODELS"] = room.ToString(CultureInfo.InvariantCulture),
        };
        port = port == 0 ? ServerProcess.FreePort() : port;
        string[] command = [options.GGLib, "proxy", "--port", port.ToString(CultureInfo.InvariantCulture), .. engine is null ? (string[])[] : ["--engine", engine]];
        return new(ServerProcess.Start("gglib", command, environment, port, "/api/version", folder), port);
    }

    /// <summary>llama-server's own router over the same models, with room for two.</summary>
    public RunningServer StartRouter()
    {
        var program = RouterProgram.Prepare([.. Command().TakeWhile(static part => part != "--model")], folder);
        var port = ServerProcess.FreePort();
        var models = Directory.CreateDirectory(Path.Combine(folder, "router-models")).FullName;
        foreach (var path in options.Models)
        {
            File.CreateSymbolicLink(Path.Combine(models, Path.GetFileName(path)), ModelFile(Path.GetFileNameWithoutExtension(path)));
        }

        string[] command = [.. program, "--models-dir", models, "--models-max", "2", "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture)];
        return new(ServerProcess.Start("router", command, Nothing, port, "/health", folder), port);
    }

    /// <summary>llama-server with one model and the flags that gglib would give it, on a port.</summary>
    public RunningServer StartEngine(string name)
    {
        var port = ServerProcess.FreePort();
        string[] flags = [.. Command()];
        flags[Array.IndexOf(flags, "--model") + 1] = ModelFile(name);
        flags[Array.IndexOf(flags, "--host") + 1] = "127.0.0.1";
        return new(ServerProcess.Start("llama-server", [.. flags, "--port", port.ToString(CultureInfo.InvariantCulture)], Nothing, port, "/health", folder), port);
    }

    /// <summary>A program that gglib can run as llama-server, and that waits for some seconds before it loads a model. Each load is a line of a file: when it was begun.</summary>
    public (string Program, string Loads) SlowEngine(int seconds)
    {
        var program = Path.Combine(folder, "slow-llama-server");
        var loads = Path.Combine(folder, "loads");
        var engine = string.Join(' ', Command().TakeWhile(static part => part != "--model").Select(static part => $"'{part}'"));
        File.WriteAllText(program, $"#!/bin/sh\ncase \" $* \" in *' --model '*) date +%s.%N >>'{loads}'; sleep {seconds.ToString(CultureInfo.InvariantCulture)} ;; esac\nexec {engine} \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return (program, loads);
    }

    public static void Kill(int process)
    {
        try
        {
            using var child = Process.GetProcessById(process);
            child.Kill();
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // Gone already.
        }
    }

    private string ModelFile(string name) => Path.Combine(ModelFolder, name + ".gguf");

    /// <summary>How gglib would start llama-server: it says so itself.</summary>
    private string[] Command() =>
        _command ??= [.. JsonDocument.Parse(Run("explain", Names[0], "--json")).RootElement.GetProperty("command").EnumerateArray().Select(static part => part.GetString()!)];

    private string Home()
    {
        if (_home is not null)
        {
            return _home;
        }

        _home = Directory.CreateDirectory(Path.Combine(folder, "home")).FullName;
        Directory.CreateDirectory(RunFolder);
        Directory.CreateDirectory(ModelFolder);
        Directory.CreateSymbolicLink(Path.Combine(_home, "engine"), Path.Combine(options.Home, "engine"));
        foreach (var path in options.Models.Append(options.Embedding))
        {
            var file = ModelFile(Path.GetFileNameWithoutExtension(path));
            File.Copy(path, file);
            Run("add", file);
        }

        return _home;
    }

    private string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(options.GGLib, arguments) { RedirectStandardOutput = true };
        start.Environment["GGLIB_HOME"] = Home();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"gglib {string.Join(' ', arguments)} ends with {process.ExitCode.ToString(CultureInfo.InvariantCulture)}: {output}");
    }
}
