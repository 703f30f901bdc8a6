using System.Diagnostics;

namespace GGLib.Acceptance.Clients;

/// <summary>The program itself as <c>gglib proxy</c> on a free port, with an empty library of its own and the variables that a test sets. Disposing kills it.</summary>
internal sealed class ProxyProgram : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private ProxyProgram(DirectoryInfo folder, Process process)
    {
        _folder = folder;
        _process = process;
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public string Home => Path.Combine(_folder.FullName, "home");

    /// <param name="variables">Environment variables for the program.</param>
    /// <param name="cancellation">Stops waiting for its address.</param>
    /// <param name="descriptors">The most file descriptors that it may have open; null for the limit of the tests.</param>
    public static async Task<ProxyProgram> StartAsync(IReadOnlyDictionary<string, string> variables, CancellationToken cancellation, int? descriptors = null)
    {
        var engine = await AcceptanceEngine.GetAsync(cancellation);
        var folder = Directory.CreateTempSubdirectory("gglib-proxy-");
        var file = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "gglib.exe" : "gglib");
        var start = new ProcessStartInfo(
            descriptors is null ? file : "/bin/sh",
            descriptors is null ? ["proxy", "--port", "0"] : ["-c", $"ulimit -n {descriptors}; exec \"$0\" \"$@\"", file, "proxy", "--port", "0"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var home = Directory.CreateDirectory(Path.Combine(folder.FullName, "home")).FullName;

        // An install of gglib's own is found in its data folder, and runs by more than its path; any other engine is named.
        if (engine.Path.StartsWith(AcceptanceEngine.DataFolder, StringComparison.Ordinal))
        {
            Directory.CreateSymbolicLink(Path.Combine(home, "engine"), Path.Combine(AcceptanceEngine.DataFolder, "engine"));
        }
        else
        {
            start.Environment["GGLIB_LLAMA_SERVER"] = engine.Path;
        }

        start.Environment["GGLIB_HOME"] = home;
        start.Environment["XDG_RUNTIME_DIR"] = folder.FullName;
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        var program = new ProxyProgram(folder, Process.Start(start)!);
        program._process.StandardInput.Close();
        await program.ReadAddressAsync(cancellation);
        return program;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ReadAddressAsync(CancellationToken cancellation)
    {
        var errors = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        while (await _process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            if (ServedAddress.In(line) is { } address)
            {
                Address = address;

                // Read on, so that the program never waits for us.
                _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return;
            }
        }

        Assert.Fail($"gglib proxy does not serve: {await errors}");
    }
}
