using System.Collections.Frozen;
using System.Runtime.Versioning;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Engine.Scheduling;
using GGLib.Tests.Engine.Installation;
using Microsoft.Extensions.Logging.Abstractions;

namespace GGLib.Tests.Engine.Processes;

/// <summary>Starts that fail, with a shell script in llama-server's place.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TemplateStartTests : IDisposable
{
    private const string Hint = "echo 'error: the supplied chat template is not supported: {% if %}' >&2";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_rejected_template_is_tried_again_until_the_log_says_why()
    {
        var failure = await StartAsync($$"""
            echo start >> {{_folder["starts"]}}
            [ "$(wc -l < {{_folder["starts"]}})" -ge 3 ] && echo '0.00.001.623 E common_chat_templates_init: error: Unexpected token: %' >&2
            {{Hint}}
            exit 1
            """);

        Assert.Equal("error loading model m.gguf: the chat template cannot be parsed: Unexpected token: % (exit code 1)", Assert.IsType<EngineFailure.LoadFailed>(failure).Message);
        Assert.Equal(3, Starts());
    }

    [Fact]
    public async Task But_not_for_ever()
    {
        var failure = await StartAsync($"echo start >> {_folder["starts"]}; {Hint}; exit 1");

        Assert.Equal("error loading model m.gguf: error: the supplied chat template is not supported: {% if %} (exit code 1)", failure.Message);
        Assert.Equal(4, Starts());
    }

    [Theory]
    [InlineData("echo 'GGML_ASSERT(x) failed' >&2; kill -6 $$", typeof(EngineFailure.LoadFailed), "error loading model m.gguf: GGML_ASSERT(x) failed (ended by signal 6)")]
    [InlineData("echo '0.1 E ggml_aligned_malloc: insufficient memory (attempted to allocate 4 MB)' >&2; exit 1", typeof(EngineFailure.OutOfMemory), "error loading model m.gguf: not enough memory: insufficient memory (attempted to allocate 4 MB) (exit code 1)")]
    [InlineData("kill -9 $$", typeof(EngineFailure.OutOfMemory), "error loading model m.gguf: killed by signal 9, as the operating system does when memory runs out")]
    public async Task Other_failures_are_reported_after_one_start(string script, Type kind, string expected)
    {
        var failure = await StartAsync($"echo start >> {_folder["starts"]}; {script}");

        Assert.Equal((kind, expected), (failure.GetType(), failure.Message));
        Assert.Equal(1, Starts());
    }

    private int Starts() => File.ReadAllLines(_folder["starts"]).Length;

    private async Task<EngineFailure> StartAsync(string script)
    {
        var binary = new EngineBinary { Path = "/bin/sh", Command = ["/bin/sh", "-c", script], Origin = EngineOrigin.Configured, Version = "0.7.0", Flags = FrozenSet<string>.Empty };
        var model = new EngineModel { Key = "m", Path = "/m.gguf", ChatTemplate = "{% if %}" };
        var result = await new LlamaServerFactory(binary, RunDirectory.Open(_folder.Path), TimeProvider.System, NullLogger<LlamaServerFactory>.Instance)
            .StartAsync(new RunnerRequest(model, 1, null, new EngineSettings()), Limit.Token);
        return result.Failure!;
    }
}
