using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Processes;

/// <summary>Lines as llama-server 0.7.0 writes them.</summary>
public sealed class ChildLogTests
{
    [Fact]
    public void The_reason_of_a_failed_load_is_not_hidden_by_its_consequences()
    {
        var log = new ChildLog();
        foreach (var line in (string[])[
            "0.00.039.071 W srv  llama_server: -----------------",
            "0.00.050.010 E gguf_init_from_file: failed to open GGUF file '/x' (No such file or directory)",
            "0.00.050.184 E llama_model_load: error loading model: llama_model_loader: failed to load model from /x",
            "0.00.050.190 E llama_model_load_from_file_impl: failed to load model",
            "0.00.050.200 E cmn  common_init_: failed to load model '/x'",
            "0.00.050.300 E srv    load_model: failed to load model, '/x'",
            "0.00.050.900 I srv    operator(): operator(): cleaning up before exit...",
            "0.00.050.998 E srv  llama_server: exiting due to model loading error"])
        {
            log.Add(line);
        }

        Assert.Equal("error loading model: llama_model_loader: failed to load model from /x", log.LastError);
        Assert.Equal(8, log.Count);
        Assert.StartsWith("0.00.039.071 W", log.Lines()[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.00.039.071 I srv  llama_server: listening", null)]
    [InlineData("0.00.039.071 W srv  llama_server: slow", null)]
    [InlineData("0.00.039.071 E srv  send_error: task id = 0, error: the request is bad", "task id = 0, error: the request is bad")]
    [InlineData("0.00.039.071 F ggml: no", "no")]
    [InlineData("error: invalid argument: --x", "error: invalid argument: --x")]
    [InlineData("/llama.cpp/ggml/src/ggml.c:1234: GGML_ASSERT(fake) failed", "/llama.cpp/ggml/src/ggml.c:1234: GGML_ASSERT(fake) failed")]
    [InlineData("terminate called after throwing an instance of 'std::bad_alloc'", "terminate called after throwing an instance of 'std::bad_alloc'")]
    [InlineData("  what():  std::bad_alloc", "what():  std::bad_alloc")]
    [InlineData("llama-server: error while loading shared libraries: libggml.so: cannot open", "llama-server: error while loading shared libraries: libggml.so: cannot open")]
    [InlineData("ggml_cuda_init: found 1 device", null)]
    [InlineData("", null)]
    [InlineData("0", null)]
    [InlineData("0.00 E", null)]
    [InlineData("0.00 E ", null)]
    public void Errors_are_told_from_the_rest(string line, string? expected) => Assert.Equal(expected, LogLine.ErrorText(line));

    [Fact]
    public void Only_the_last_lines_are_kept_and_none_is_endless()
    {
        var log = new ChildLog();
        for (var line = 0; line < 600; line++)
        {
            log.Add($"line {line}");
        }

        log.Add(new string('x', 10_000));

        Assert.Equal((601, 512, "line 89"), (log.Count, log.Lines().Count, log.Lines()[0]));
        Assert.Equal(2000, log.Lines()[^1].Length);
    }
}
