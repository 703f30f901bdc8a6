using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using GGLib.Catalog;

namespace GGLib.Acceptance.Faults;

/// <summary>
/// A data folder of its own and the real program over it, which may be killed at any moment; and what the folder's store must look like afterwards. <c>GGLIB_PROGRAM</c> names another build of the program than
/// the one beside the tests, such as a native one.
/// </summary>
internal sealed class ProgramFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gglib-kills-");
    private readonly string _engine;
    private readonly IReadOnlyDictionary<string, string> _environment;

    private ProgramFolder(string engine, IReadOnlyDictionary<string, string> environment) => (_engine, _environment) = (engine, environment);

    /// <summary>How often tests kill: what <c>GGLIB_KILLS</c> says, 10 where it says nothing.</summary>
    public static int Kills { get; } = int.TryParse(Environment.GetEnvironmentVariable("GGLIB_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 10;

    /// <summary>Where programs are started.</summary>
    public string Root => _folder.FullName;

    public string Home => Path.Combine(Root, "home");

    public string Blobs => ModelLibrary.BlobFolderOf(Home);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="environment">Variables for the program besides those of its data folder.</param>
    public static async Task<ProgramFolder> CreateAsync(IReadOnlyDictionary<string, string>? environment = null) =>
        new((await AcceptanceEngine.GetAsync(Cancellation)).Path, environment ?? new Dictionary<string, string>());

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Starts the program, with nothing to read.</summary>
    public Process Start(params string[] arguments)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "gglib.exe" : "gglib");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("GGLIB_PROGRAM") is { Length: > 0 } named ? named : beside, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Root,
        };

        // An install of gglib's own is found in its data folder, and runs by more than its path; any other engine is named.
        var installed = Path.Combine(Home, "engine");
        if (!_engine.StartsWith(AcceptanceEngine.DataFolder, StringComparison.Ordinal))
        {
            start.Environment["GGLIB_LLAMA_SERVER"] = _engine;
        }
        else if (!Directory.Exists(installed))
        {
            Directory.CreateDirectory(Home);
            Directory.CreateSymbolicLink(installed, Path.Combine(AcceptanceEngine.DataFolder, "engine"));
        }

        start.Environment["GGLIB_HOME"] = Home;
        start.Environment["OLLAMA_HOST"] = "127.0.0.1:1";
        start.Environment["XDG_RUNTIME_DIR"] = Root;
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        var program = Process.Start(start)!;
        program.StandardInput.Close();
        return program;
    }

    /// <summary>Runs the program to its end, or to the kill.</summary>
    /// <param name="arguments">What it shall do.</param>
    /// <param name="onLine">Gets each line of its output as it comes; null for nothing.</param>
    /// <param name="kill">Kills it.</param>
    /// <returns>The exit code and all it wrote; the code is null when it was killed.</returns>
    public async Task<(int? ExitCode, string Output)> RunAsync(string[] arguments, Action<string>? onLine, CancellationToken kill)
    {
        using var program = Start(arguments);
        var written = Task.WhenAll(ReadAsync(program.StandardOutput, onLine), program.StandardError.ReadToEndAsync(Cancellation));
        using var patience = new CancellationTokenSource(Limit.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation, kill, patience.Token);
        try
        {
            await program.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            program.Kill();
            await program.WaitForExitAsync(Cancellation);
        }

        var output = string.Join('\n', await written);
        Assert.False(patience.IsCancellationRequested, $"gglib {string.Join(' ', arguments)} did not end: {output}");
        return (kill.IsCancellationRequested && program.ExitCode == (OperatingSystem.IsWindows() ? -1 : 128 + 9) ? null : program.ExitCode, output);
    }

    /// <summary>Runs the program to its end, which must be a good one.</summary>
    public async Task SucceedAsync(params string[] arguments)
    {
        var (code, output) = await RunAsync(arguments, null, CancellationToken.None);
        Assert.True(code == 0, $"gglib {string.Join(' ', arguments)}: {output}");
    }

    /// <summary>Starts the program as a server and waits until it answers. Whoever gets it ends it.</summary>
    public async Task<(Process Program, Uri Address)> ServeAsync(HttpClient http)
    {
        // The system chooses a port that is free, and the program says which one.
        var program = Start("proxy", "--port", "0");
        var complaints = program.StandardError.ReadToEndAsync(CancellationToken.None);
        while (await program.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            if (ServedAddress.In(line) is { } address)
            {
                _ = program.StandardOutput.ReadToEndAsync(CancellationToken.None);
                using var answer = await http.GetAsync(new Uri(address, "api/version"), Cancellation);
                return (program, address);
            }
        }

        Assert.Fail($"the program ended: {await complaints}");
        return default;
    }

    /// <summary>Asserts that no half blob has a final name, and that every model in the list has its files.</summary>
    public void AssertWhole(string when, ModelCatalog catalog)
    {
        foreach (var blob in Directory.Exists(Blobs) ? Directory.GetFiles(Blobs) : [])
        {
            Assert.True(Path.GetFileName(blob) == "sha256-" + Sha256(blob), $"{when}: {blob} is not what its name says");
        }

        Assert.All(catalog.List(), model => Assert.True(model.State is FileState.Ready, $"{when}: {model.Name} is {model.State}: {model.Problem}"));
    }

    /// <summary>Of a file, in lower case.</summary>
    public static string Sha256(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static async Task<string> ReadAsync(StreamReader output, Action<string>? onLine)
    {
        var all = new List<string>();
        while (await output.ReadLineAsync(Cancellation) is { } line)
        {
            all.Add(line);
            onLine?.Invoke(line);
        }

        return string.Join('\n', all);
    }
}
