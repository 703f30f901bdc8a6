using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using GGLib.Engine.Processes;
using GGLib.Gguf;

namespace GGLib.Tests.Program;

/// <summary><c>gglib doctor</c>. Which llama-server the machine has is not the test's matter.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose()
    {
        // The run folder lies outside the data folder.
        Directory.Delete(Path.GetDirectoryName(RunDirectory.Open(_run.Variables["GGLIB_HOME"]!).CreateAddress(0).SocketPath)!, recursive: true);
        _run.Dispose();
    }

    [Fact]
    public async Task A_value_that_is_not_understood_is_named_with_its_remedy()
    {
        _run.Variables["OLLAMA_HOST"] = "127.0.0.1:0";
        _run.Variables["OLLAMA_KEEP_ALIVE"] = "soon";
        _run.Variables["OLLAMA_NUM_PARALLEL"] = "4";

        Assert.Equal(1, await _run.RunAsync("doctor"));
        Assert.Contains("wrong variable      OLLAMA_KEEP_ALIVE=soon is not understood and counts as unset: it is not a duration such as \"5m\" or \"1h30m\", or whole seconds\n      Mend OLLAMA_KEEP_ALIVE, or unset it.\n", _run.Output, StringComparison.Ordinal);
        Assert.Contains("ok    variable      OLLAMA_NUM_PARALLEL=4\n", _run.Output, StringComparison.Ordinal);
        Assert.Contains("ok    data folder   ", _run.Output, StringComparison.Ordinal);
        Assert.Contains("ok    run folder    ", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_and_a_model_that_is_gone_are_wrong()
    {
        var file = Path.Combine(_run.Folder, "gone.gguf");
        new GgufWriter().Add("general.architecture", "llama").AddZeros("token_embd.weight", GgufTensorType.F32, 4, 2).Write(file);
        Assert.Equal(0, await _run.RunAsync("add", file));
        File.Delete(file);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        _run.Variables["OLLAMA_HOST"] = taken.LocalEndpoint.ToString();

        Assert.Equal(1, await _run.RunAsync("doctor", "--json"));
        var report = JsonElement.Parse(_run.Output);
        Assert.False(report.GetProperty("healthy").GetBoolean());
        var wrong = report.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("state").GetString() == "wrong").ToList();
        Assert.StartsWith($"Port {((IPEndPoint)taken.LocalEndpoint).Port} is taken by ", Text("port"), StringComparison.Ordinal);
        Assert.EndsWith("gone.gguf' is not there", Text("library"), StringComparison.Ordinal);
        Assert.All(wrong, finding => Assert.NotEmpty(finding.GetProperty("remedy").GetString()!));
        string Text(string subject) => wrong.Single(finding => finding.GetProperty("subject").GetString() == subject).GetProperty("text").GetString()!;
    }
}
