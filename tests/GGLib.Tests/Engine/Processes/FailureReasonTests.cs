using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Processes;

/// <summary>Which sentence of a log is the reason. The logs are of llama-server 0.7.0, started with gglib's flags; lines that change nothing are left out.</summary>
public sealed class FailureReasonTests
{
    private const string StackTrace = "#0  0x00007fb93e6a6efe in ?? () from /usr/lib/x86_64-linux-gnu/libc.so.6";

    [Fact]
    public void An_assertion_is_the_reason_however_long_its_stack_trace_is()
    {
        var log = Log("""
            0.00.085.153 I common_params_fit_impl: getting device memory data for initial parameters:
            ./src/llama-context.cpp:2384: GGML_ASSERT(n_outputs_max <= cparams.n_outputs_max) failed
            warning: File "/usr/lib/x86_64-linux-gnu/libthread_db.so.1" auto-loading has been declined by your `auto-load safe-path' set to "$debugdir:$datadir/auto-load".
            [New LWP 6965]
            """);
        for (var frame = 0; frame < 60; frame++)
        {
            log.Add(StackTrace);
        }

        Assert.Equal("./src/llama-context.cpp:2384: GGML_ASSERT(n_outputs_max <= cparams.n_outputs_max) failed", log.LastError);
    }

    [Theory]
    [InlineData(
        "./common/common.cpp:2248: get_sub_batch: failed to add token 0 at index 1 (error -1, n = 2)",
        "./common/common.cpp:2248: get_sub_batch: failed to add token 0 at index 1 (error -1, n = 2)")]
    [InlineData(
        """D:\a\llama.cpp\ggml\src\ggml.c:1234: fatal error""",
        """D:\a\llama.cpp\ggml\src\ggml.c:1234: fatal error""")]
    [InlineData(
        """
        0.12.000.123 E CUDA error: an illegal memory access was encountered
        0.12.000.125 E   current device: 0, in function ggml_backend_cuda_synchronize at /src/ggml-cuda.cu:2981
        0.12.000.126 E   cudaStreamSynchronize(cuda_ctx->stream())
        /src/ggml-cuda.cu:96: CUDA error
        """,
        "CUDA error: an illegal memory access was encountered")]
    [InlineData(
        """
        0.12.000.123 E CUDA error: out of memory
        0.12.000.125 E   current device: 0, in function alloc at /src/ggml-cuda.cu:503
        0.12.000.126 E   cuMemCreate(&handle, reserve_size, &prop, 0)
        /src/ggml-cuda.cu:96: CUDA error
        """,
        "not enough memory: CUDA error: out of memory")]
    [InlineData(
        """
        terminate called after throwing an instance of 'std::bad_alloc'
          what():  std::bad_alloc
        """,
        "what():  std::bad_alloc")]
    [InlineData(
        """
        0.01.500.000 ./src/llama-context.cpp:2384: GGML_ASSERT(x) failed
        I srv    load_model: torn
        """,
        "./src/llama-context.cpp:2384: GGML_ASSERT(x) failed")]
    public void An_abort_is_the_reason(string lines, string expected)
    {
        var log = Log(lines);
        for (var frame = 0; frame < 30; frame++)
        {
            log.Add(StackTrace);
        }

        Assert.Equal(expected, log.LastError);
    }

    // The log and stderr are written by two threads: their lines come in any order, and within each other.
    [Theory]
    [InlineData(
        """
        error: the supplied chat template is not supported: {% if %}broken {{ x

        0.00.001.623 E common_chat_templates_init: error: Unexpected token: %} of type 9
        0.00.001.623 E common_chat_templates_init: failed to initialize chat template
        0.00.001.623 E common_chat_templates_init: please consider disabling jinja via --no-jinja, or using another chat template
        0.00.001.645 E common_chat_verify_template: failed to apply template: std::exception
        """,
        "the chat template cannot be parsed: Unexpected token: %} of type 9")]
    [InlineData(
        """
        0.00.009.886 E common_chat_templates_init: error: Unexpected token: %} of type 9
        0.00.009.898 E common_chat_templates_init: failed to initialize chat template
        0.00.009.899 E common_chat_templates_init: please consider disabling jinja via --no-jinja, or using another chat template
        0.00.009.921 E common_chat_verify_template: failed to apply template: std::exception
        error: the supplied chat template is not supported: {% if %}broken {{ x

        """,
        "the chat template cannot be parsed: Unexpected token: %} of type 9")]
    [InlineData(
        """
        0.00.004.963 error: the supplied chat template is not supported: {% if %}broken {{ x

        E common_chat_templates_init: error: Unexpected token: %} of type 9
        0.00.004.974 E common_chat_templates_init: failed to initialize chat template
        0.00.004.975 E common_chat_templates_init: please consider disabling jinja via --no-jinja, or using another chat template
        0.00.004.999 E common_chat_verify_template: failed to apply template: std::exception
        """,
        "the chat template cannot be parsed: Unexpected token: %} of type 9")]
    [InlineData(
        """
        0.00.009.171 E common_chat_templates_init: error: parser: Parser Error: Expected }} (Got )
        ...{% for m in messages %}{{ m.content ...
           ^
        0.00.009.205 E common_chat_templates_init: failed to initialize chat template
        0.00.009.205 E common_chat_templates_init: please consider disabling jinja via --no-jinja, or using another chat template
        0.00.009.237 E error: the supplied chat template is not supported: {% for m in messages %}{{ m.content 

        common_chat_verify_template: failed to apply template: std::exception
        """,
        "the chat template cannot be parsed: parser: Parser Error: Expected }} (Got )")]
    [InlineData(
        """
        0.00.011.160 W render_message_to_json: Neither string content nor typed content is supported by the template. This is unexpected and may lead to issues.
        0.00.011.423 E common_chat_verify_template: failed to apply template: Unable to generate parser for this template. Automatic parser generation failed: 
        ------------
        While executing CallExpression at line 1, column 19 in source:
        ...{{ raise_exception("no") }}...
                             ^
        Error: Jinja Exception: no
        error: the supplied chat template is not supported: {{ raise_exception("no") }}
        """,
        "failed to apply template: Jinja Exception: no")]
    [InlineData(
        """
        0.02.072.200 E common_chat_templates_init: error: parser: Parser Error: Expected %} (Got ))
        ...{%- if too ) %}↵    {{- '<|im_start|>system\n' }}↵ ...
                      ^
        0.02.072.201 E common_chat_templates_init: failed to initialize chat template
        0.02.072.201 E common_chat_templates_init: please consider disabling jinja via --no-jinja, or using another chat template
        0.02.072.246 E srv          init: init: chat template parsing error: std::exception
        0.02.072.247 E srv          init: init: please consider disabling jinja via --no-jinja, or use a custom chat template via --chat-template
        0.02.072.248 E srv          init: init: for example: --no-jinja --chat-template chatml
        0.02.072.255 I srv    operator(): operator(): cleaning up before exit...
        0.02.084.980 E srv  llama_server: exiting due to model loading error
        """,
        "the chat template cannot be parsed: parser: Parser Error: Expected %} (Got ))")]
    [InlineData(
        "error: the supplied chat template is not supported: {% if %}broken {{ x",
        "error: the supplied chat template is not supported: {% if %}broken {{ x")]
    public void A_template_that_the_engine_cannot_use_reports_its_fault(string lines, string expected)
    {
        Assert.Equal(expected, Log(lines).LastError);

        // The template's own lines follow.
        var withTemplate = Log(lines);
        for (var line = 0; line < 60; line++)
        {
            withTemplate.Add("    {%- if messages[0].role == 'system' %}");
        }

        Assert.Equal(expected, withTemplate.LastError);
    }

    [Theory]
    [InlineData(
        """
        0.00.127.201 E gguf_init_from_file: failed to open GGUF file 'nosuch.gguf' (No such file or directory)
        0.00.127.373 E llama_model_load: error loading model: llama_model_loader: failed to load model from nosuch.gguf
        0.00.127.392 E llama_model_load_from_file_impl: failed to load model
        0.00.127.445 E common_fit_params: encountered an error while trying to fit params to free device memory: failed to load model
        0.00.127.475 E gguf_init_from_file: failed to open GGUF file 'nosuch.gguf' (No such file or directory)
        0.00.127.485 E llama_model_load: error loading model: llama_model_loader: failed to load model from nosuch.gguf
        0.00.127.486 E llama_model_load_from_file_impl: failed to load model
        0.00.127.487 E cmn  common_init_: failed to load model 'nosuch.gguf'
        0.00.127.502 E srv    load_model: failed to load model, 'nosuch.gguf'
        0.00.129.542 E srv  llama_server: exiting due to model loading error
        """,
        "llama_model_loader: failed to load model from nosuch.gguf")]
    [InlineData(
        """
        0.00.044.996 E llama_model_load: error loading model: tensor 'blk.2.attn_q.weight' data is not within the file bounds, model is corrupted or incomplete
        0.00.045.058 E llama_model_load_from_file_impl: failed to load model
        0.00.045.146 E common_fit_params: encountered an error while trying to fit params to free device memory: failed to load model
        0.00.045.895 E llama_model_load: error loading model: tensor 'blk.2.attn_q.weight' data is not within the file bounds, model is corrupted or incomplete
        0.00.045.933 E llama_model_load_from_file_impl: failed to load model
        0.00.045.960 E cmn  common_init_: failed to load model 'trunc.gguf'
        0.00.045.987 E srv    load_model: failed to load model, 'trunc.gguf'
        0.00.046.628 E srv  llama_server: exiting due to model loading error
        """,
        "tensor 'blk.2.attn_q.weight' data is not within the file bounds, model is corrupted or incomplete")]
    [InlineData(
        """
        0.00.271.672 E llama_adapter_lora_init_from_file_ptr: failed to apply lora adapter: model arch and LoRA arch mismatch
        0.00.271.694 E cmn  common_init_: failed to load lora adapter 'bertlora.gguf'
        0.00.271.698 E cmn  common_init_: failed to create context with model '/models/demo-chat.gguf'
        0.00.271.704 E srv    load_model: failed to create_context with model '/models/demo-chat.gguf'
        0.00.275.734 E srv  llama_server: exiting due to model loading error
        """,
        "failed to load lora adapter 'bertlora.gguf': model arch and LoRA arch mismatch")]
    [InlineData(
        """
        0.00.132.146 E llama_adapter_lora_init_from_file_ptr: failed to apply lora adapter: expect general.type to be 'adapter', but got: model
        0.00.132.169 E cmn  common_init_: failed to load lora adapter '/models/demo-embed.gguf'
        0.00.132.178 E cmn  common_init_: failed to create context with model '/models/demo-chat.gguf'
        0.00.132.661 E srv  llama_server: exiting due to model loading error
        """,
        "failed to load lora adapter '/models/demo-embed.gguf': expect general.type to be 'adapter', but got: model")]
    [InlineData(
        """
        0.00.051.784 E llama_adapter_lora_init: failed to open 'nosuch.gguf': No such file or directory
        0.00.051.802 E cmn  common_init_: failed to load lora adapter 'nosuch.gguf'
        0.00.051.821 E cmn  common_init_: failed to create context with model '/models/demo-chat.gguf'
        0.00.052.534 E srv  llama_server: exiting due to model loading error
        """,
        "failed to load lora adapter 'nosuch.gguf': failed to open 'nosuch.gguf': No such file or directory")]
    [InlineData(
        """
        0.00.434.552 E mtmd_init_from_file: error: Failed to load CLIP model from /models/demo-embed.gguf

        0.00.434.561 E srv    load_model: failed to load multimodal model, '/models/demo-embed.gguf'
        0.00.434.570 I srv    operator(): operator(): cleaning up before exit...
        0.00.448.683 E srv  llama_server: exiting due to model loading error
        """,
        "failed to load multimodal model, '/models/demo-embed.gguf'")]
    [InlineData(
        """
        0.08.153.991 E ggml_aligned_malloc: insufficient memory (attempted to allocate 48830.00 MB)
        0.08.154.006 E ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 51201966080
        0.08.154.007 E ggml_backend_buft_alloc_buffer_n_default: failed to allocate CPU buffer of size 51201966080
        0.08.825.823 E llama_init_from_model: failed to initialize the context: failed to allocate buffer for kv cache
        0.08.825.853 E cmn  common_init_: failed to create context with model '/models/demo-chat.gguf'
        0.08.825.863 E srv    load_model: failed to create_context with model '/models/demo-chat.gguf'
        0.08.837.660 E srv  llama_server: exiting due to model loading error
        """,
        "not enough memory: insufficient memory (attempted to allocate 48830.00 MB)")]
    [InlineData(
        """
        0.00.148.235 E srv         start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 18777
        0.00.148.240 I srv    operator(): operator(): cleaning up before exit...
        0.00.150.614 E srv  llama_server: exiting due to HTTP server error
        """,
        "couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 18777")]
    [InlineData("error: invalid argument: --nosuch-flag", "error: invalid argument: --nosuch-flag")]
    [InlineData(
        """
        error while handling argument "--cache-type-k": Unsupported cache type: q9

        usage:
        -ctk,  --cache-type-k TYPE              KV cache data type for K
                                                allowed values: f32, f16, bf16, q8_0, q4_0, q4_1, iq4_nl, q5_0, q5_1
        """,
        """error while handling argument "--cache-type-k": Unsupported cache type: q9""")]
    [InlineData(
        """
        0.00.826.079 E spec common_specu: the target and draft vocabs are not compatible
        0.00.826.285 E srv    load_model: failed to initialize speculative decoding context: draft model vocab type must match target model to use speculation
        """,
        "the target and draft vocabs are not compatible")]
    public void A_load_that_fails_reports_why(string lines, string expected) => Assert.Equal(expected, Log(lines).LastError);

    [Theory]
    [InlineData("error loading model x.gguf: not enough memory: insufficient memory (attempted to allocate 48830.00 MB) (exit code 1)", true)]
    [InlineData("error loading model x.gguf: what():  std::bad_alloc (ended by signal 6)", true)]
    [InlineData("error loading model x.gguf: killed by signal 9, as the operating system does when memory runs out", true)]
    [InlineData("error loading model x.gguf: vk::Device::allocateMemory: ErrorOutOfDeviceMemory (exit code 1)", true)]
    [InlineData("error loading model x.gguf: ./src/llama-context.cpp:2384: GGML_ASSERT(x) failed (ended by signal 6)", false)]
    [InlineData("error loading model x.gguf: llama_model_loader: failed to load model from x.gguf (exit code 1)", false)]
    public void A_lack_of_memory_is_told_from_other_reasons(string reason, bool expected) => Assert.Equal(expected, LogLine.IsOutOfMemory(reason));

    [Theory]
    [InlineData("./src/llama-context.cpp:2384: text", true)]
    [InlineData("/src/ggml-cuda.cu:96: CUDA error", true)]
    [InlineData("ggml.c: text", false)]
    [InlineData("ggml.c:12", false)]
    [InlineData("main.py:12: text", false)]
    [InlineData("12: text", false)]
    [InlineData(":: text", false)]
    [InlineData("listening on 127.0.0.1:8080: fine", false)]
    public void An_abort_names_its_source_line(string line, bool expected) => Assert.Equal(expected, LogLine.ErrorText(line) is not null);

    private static ChildLog Log(string lines)
    {
        var log = new ChildLog();
        foreach (var line in lines.Split('\n'))
        {
            log.Add(line);
        }

        return log;
    }
}
