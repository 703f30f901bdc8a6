using System.Diagnostics;
using GGLib.Tests.FakeLlamaServer;

namespace GGLib.Tests.Program;

/// <summary><c>gglib run</c> where no server runs: the real program, with a real child.</summary>
public sealed class OwnServerTests : IDisposable
{
    private readonly CommandRun _run = new();
    private readonly FakeModel _model = new();

    public void Dispose()
    {
        _model.Dispose();
        _run.Dispose();
    }

    [Fact]
    public async Task A_server_is_started_for_the_run_and_only_the_answer_is_output()
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("add", _model.Path));
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "gglib.exe" : "gglib"), ["run", "fake", "Hello"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GGLIB_HOME"] = _run.Variables["GGLIB_HOME"];
        start.Environment["GGLIB_LLAMA_SERVER"] = FakeModel.ProgramPath;
        start.Environment["OLLAMA_HOST"] = "127.0.0.1:1";

        // Where its sockets are: in a folder that goes with the test.
        start.Environment["XDG_RUNTIME_DIR"] = _model.Directory;
        using var program = Process.Start(start)!;
        program.StandardInput.Close();
        var error = program.StandardError.ReadToEndAsync(Limit.Token);
        Assert.Equal("The capital of France is Paris.\n", (await program.StandardOutput.ReadToEndAsync(Limit.Token)).ReplaceLineEndings("\n"));
        Assert.Matches(@"^gglib: no server was running, so one was started for this run: http://127\.0\.0\.1:[0-9]+ \(gglib up keeps one running\)\r?\n$", await error);
        await program.WaitForExitAsync(Limit.Token);
        Assert.Equal(ExitCode.Ok, program.ExitCode);
    }
}
