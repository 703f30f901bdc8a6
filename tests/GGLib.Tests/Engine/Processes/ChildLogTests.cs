using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Processes;

/// <summary>Lines as llama-server 0.7.0 writes them.</summary>
public sealed class ChildLogTests
{
    [Fact]
    public void An_error_of_long_ago_is_not_the_reason_of_an_end()
    {
        var log = new ChildLog();
        log.Add("0.10.039.071 E srv    send_error: task id = 57, error: request (3012 tokens) exceeds the available context size");
        for (var line = 0; line < 20; line++)
        {
            log.Add("0.11.000.000 I slot   release: id 0");
        }

        Assert.NotNull(log.LastError);
        log.Add("0.11.000.000 I slot   release: id 0");
        Assert.Null(log.LastError);
    }

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

        Assert.Equal("llama_model_loader: failed to load model from /x", log.LastError);
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
    public void Memory_that_is_not_there_is_the_reason_whatever_fails_because_of_it()
    {
        var log = new ChildLog();
        foreach (var line in (string[])[
            "0.00.256.869 E ggml_aligned_malloc: insufficient memory (attempted to allocate 4883.12 MB)",
            "0.00.258.508 E ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 5120327680",
            "0.00.258.539 E ggml_backend_buft_alloc_buffer_n_default: failed to allocate CPU buffer of size 5120327680",
            "0.00.262.405 E llama_init_from_model: failed to initialize the context: failed to allocate buffer for kv cache",
            "0.00.262.476 E cmn  common_init_: failed to create context with model 'x.gguf'",
            "0.00.262.538 E srv    load_model: failed to create_context with model 'x.gguf'",
            "0.00.266.756 E srv  llama_server: exiting due to model loading error"])
        {
            log.Add(line);
        }

        Assert.Equal("not enough memory: insufficient memory (attempted to allocate 4883.12 MB)", log.LastError);
    }

    [Theory]
    [InlineData("0.00.1 E ggml_backend_cuda_buffer_type_alloc_buffer: allocating 8.00 MiB on device 0: cudaMalloc failed: out of memory", "not enough memory: allocating 8.00 MiB on device 0: cudaMalloc failed: out of memory")]
    [InlineData("0.00.1 E llama_model_load: error loading model: unable to allocate CUDA0 buffer", "not enough memory: unable to allocate CUDA0 buffer")]
    [InlineData("0.00.1 E llama_model_load: error loading model: unknown model architecture: 'x'", "unknown model architecture: 'x'")]
    public void Reasons_are_told_plainly(string line, string expected) => Assert.Equal(expected, LogLine.ErrorText(line));

    [Theory]
    [InlineData("0.00.039.071 D x: y", ChildLogLevel.Debug)]
    [InlineData("0.00.039.071 I srv  llama_server: listening", ChildLogLevel.Info)]
    [InlineData("0.00.039.071 W srv  llama_server: slow", ChildLogLevel.Warning)]
    [InlineData("0.00.039.071 E srv  x: bad", ChildLogLevel.Error)]
    [InlineData("0.00.039.071 F ggml: no", ChildLogLevel.Error)]
    [InlineData("error: invalid argument: --x", ChildLogLevel.Error)]
    [InlineData("ggml_cuda_init: found 1 device", ChildLogLevel.None)]
    [InlineData("\trepeat_last_n = 64", ChildLogLevel.None)]
    [InlineData("", ChildLogLevel.None)]
    public void A_line_carries_its_level_or_none(string line, ChildLogLevel expected) => Assert.Equal(expected, LogLine.Level(line));

    [Fact]
    public async Task Who_follows_hears_of_new_lines_and_of_the_next_childs_log()
    {
        var (log, next) = (new ChildLog(), new ChildLog());
        var line = log.WaitAsync(0, Limit.Token);
        Assert.False(line.IsCompleted);
        log.Add("0.01 I a: b");
        await line.Within();
        Assert.Equal([new ChildLogLine(1, ChildLogLevel.Info, "0.01 I a: b")], log.After(0));
        Assert.Empty(log.After(1));

        var successor = log.WaitAsync(1, Limit.Token);
        Assert.False(successor.IsCompleted);
        log.FollowedBy(next);
        await successor.Within();
        Assert.Same(next, log.Successor);
    }

    [Fact]
    public void What_is_loaded_never_falls_and_is_never_more_than_all()
    {
        var log = new ChildLog();
        log.SetLoaded(0.5);
        log.SetLoaded(0.25);
        Assert.Equal(0.5, log.Loaded);
        log.SetLoaded(7);
        Assert.Equal(1, log.Loaded);
    }

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
