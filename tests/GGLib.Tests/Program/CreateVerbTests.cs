using System.Text.Json;
using GGLib.Tests.Server;

namespace GGLib.Tests.Program;

/// <summary><c>create</c>, <c>cp</c> and <c>rm</c>, without a server and with one that has the same library.</summary>
public sealed class CreateVerbTests : IDisposable
{
    private readonly CommandRun _run = new();

    public CreateVerbTests()
    {
        // Nobody listens there.
        _run.Variables["OLLAMA_HOST"] = "127.0.0.1:1";
    }

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_Modelfile_becomes_a_model_and_its_file_stays()
    {
        var file = Modelfile($"FROM {Repository.Model("demo-chat")}\nSYSTEM You are Mario.\nPARAMETER seed 1");
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("create", "mario", "-f", file));
        Assert.Matches("^parsing GGUF\nusing existing file demo-chat.gguf\ncreating new layer sha256:[0-9a-f]{64}\ncreating new layer sha256:[0-9a-f]{64}\nwriting manifest\nCreated 'mario:latest'\n$", _run.Output);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("show", "mario"));
        Assert.Matches("  system +You are Mario.\n  options +{\"seed\":1}\n", _run.Output);

        // From the model just made, through standard input.
        _run.Piped = "FROM mario\nPARAMETER seed 2";
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("create", "luigi", "-f", "-"));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("cp", "luigi", "Ns/Luigi:2"));
        Assert.Equal("Copied 'luigi' to 'Ns/Luigi:2'\n", _run.Output);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("list", "--json"));
        using (var json = JsonDocument.Parse(_run.Output))
        {
            Assert.Equal(
                [("Ns/luigi:2", Repository.Model("demo-chat")), ("luigi:latest", Repository.Model("demo-chat")), ("mario:latest", Repository.Model("demo-chat"))],
                json.RootElement.GetProperty("models").EnumerateArray().Select(static model => (model.GetProperty("name").GetString(), model.GetProperty("path").GetString())));
        }

        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("rm", "mario", "wario", "luigi"));
        Assert.Equal($"Removed 'mario:latest'; its file stays at {Repository.Model("demo-chat")}\nRemoved 'luigi:latest'; its file stays at {Repository.Model("demo-chat")}\n", _run.Output);
        Assert.Equal("gglib: There is no model 'wario' in the library. See: gglib list\n", _run.Error);
        Assert.True(File.Exists(Repository.Model("demo-chat")));
    }

    [Theory]
    [InlineData("SYSTEM Hi.", "': no FROM line.")]
    [InlineData("# a comment\nFROM x\nPARAMTER seed 1", "', line 3: command must be one of \"from\", \"license\", \"template\", \"system\", \"adapter\", \"draft\", \"renderer\", \"parser\", \"parameter\", \"message\", or \"requires\".")]
    [InlineData("FROM x\nSYSTEM \"\"\"never closed", "', line 2: system has quotes that are never closed.")]
    [InlineData("FROM ./none.gguf", "' cannot be followed: There is no file './none.gguf'.")]
    [InlineData("FROM x\nPARAMETER seed many", "', line 2: parameter seed: invalid int value [many].")]
    [InlineData("FROM x\n\nPARAMETER sed 1", "', line 3: unknown parameter 'sed'.")]
    [InlineData("FROM x\nTEMPLATE {{ if .System }}", "', line 2: template: the template ends inside a block: an 'end' is missing (line 1, column 17).")]
    public async Task A_Modelfile_that_is_wrong_is_told_with_the_line(string text, string sentence)
    {
        Assert.Equal(ExitCode.Usage, await _run.RunAsync("create", "m", "-f", Modelfile(text)));
        Assert.Equal(("", $"gglib: '{Path.Combine(_run.Folder, "Modelfile")}{sentence}\n"), (_run.Output, _run.Error));
    }

    [Fact]
    public async Task A_base_that_is_nowhere_is_named()
    {
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("create", "m", "-f", Modelfile("FROM nothing-there")));
        Assert.Equal("gglib: There is no model 'nothing-there' to make one from, and it could not be pulled: 127.0.0.1:1 cannot be reached: Connection refused.\n", _run.Error);
    }

    [Fact]
    public async Task What_cannot_be_made_is_one_sentence_and_a_code()
    {
        await File.WriteAllTextAsync(Path.Combine(_run.Folder, "x.gguf"), "no model", Limit.Token);
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("create", "m", "-f", Modelfile("FROM ./x.gguf")));
        Assert.Equal("gglib: Supplied file was not in GGUF format.\n", _run.Error);

        _run.Piped = "FROM";
        Assert.Equal(ExitCode.Usage, await _run.RunAsync("create", "m", "-f", "-"));
        Assert.Equal("gglib: Standard input, line 1: from has no value.\n", _run.Error);

        Assert.Equal(ExitCode.Usage, await _run.RunAsync("create", "a b", "-f", Modelfile("FROM x")));
        Assert.Equal(ExitCode.Usage, await _run.RunAsync("cp", "x", "../y"));
        Assert.Equal(ExitCode.Usage, await _run.RunAsync("create", "m", "-f", Path.Combine(_run.Folder, "none")));
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("cp", "x", "y"));
        Assert.Equal("gglib: There is no model 'x' in the library. See: gglib list\n", _run.Error);
    }

    [Fact]
    public async Task A_server_of_the_same_library_does_it()
    {
        await using var server = await TestServer.StartAsync(stored: true);
        _run.Variables["GGLIB_HOME"] = server.Home;
        _run.Variables["OLLAMA_HOST"] = server.Address;

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("create", "child", "-f", Modelfile("FROM tiny\nSYSTEM Hi.\nPARAMETER num_ctx 512\nPARAMETER stop a\nMESSAGE user Who?")));
        Assert.Matches("^using existing file tiny.gguf\n(creating new layer sha256:[0-9a-f]{64}\n){3}writing manifest\nCreated 'child:latest'\n$", _run.Output);
        var made = server.Catalog.Find("child")!;
        Assert.Equal(("Hi.", """{"num_ctx":512,"stop":["a"]}""", "tiny:latest"), (made.Profile.System, made.Profile.Parameters?.GetRawText(), made.Profile.Parent));
        Assert.Equal([("POST", "/api/create"), ("GET", "/api/gglib/status")], (await EndedAsync(server, 2)).OrderBy(static line => line.Path));

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("cp", "child", "twin"));
        await server.PostAsync("/api/generate", """{"model":"twin","keep_alive":-1}""");
        Assert.Single(server.Ready());
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("rm", "twin"));
        Assert.Empty(server.Ready());

        Assert.Equal(ExitCode.Failure, await _run.RunAsync("create", "m", "-f", Modelfile("FROM nobody")));
        Assert.Equal("gglib: There is no model 'nobody' to make one from, and it could not be pulled: 127.0.0.1:1 cannot be reached: Connection refused.\n", _run.Error);
    }

    [Fact]
    public async Task A_server_of_another_library_is_left_alone()
    {
        await using var server = await TestServer.StartAsync(stored: true);
        _run.Variables["OLLAMA_HOST"] = server.Address;

        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("create", "m", "-f", Modelfile("FROM tiny")));
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("rm", "tiny"));
        Assert.NotNull(server.Catalog.Find("tiny"));
    }

    private static async Task<List<(string Method, string Path)>> EndedAsync(TestServer server, int count)
    {
        var ended = new List<(string, string)>();
        while (ended.Count < count)
        {
            var line = await server.NextEndedAsync();
            ended.Add((line.Method, line.Path));
        }

        return ended;
    }

    private string Modelfile(string text)
    {
        var path = Path.Combine(_run.Folder, "Modelfile");
        File.WriteAllText(path, text);
        return path;
    }
}
