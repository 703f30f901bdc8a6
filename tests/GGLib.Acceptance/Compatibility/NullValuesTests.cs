namespace GGLib.Acceptance.Compatibility;

/// <summary>Typed clients send <c>null</c> and empty values for what they do not set.</summary>
public sealed class NullValuesTests(CompatibilityServer server)
{
    private const string Messages = """
        "messages":[{"role":"user","content":"What is the capital of France?"}]
        """;

    [Theory]
    [InlineData("/api/chat", Messages, """
        "options":null,"format":null,"tools":null,"keep_alive":null,"template":null,"think":null,"stream":false
        """)]
    [InlineData("/api/chat", Messages, """
        "options":{"num_predict":4,"temperature":null,"stop":null,"seed":null,"num_ctx":null},"format":"","tools":[],"stream":false
        """)]
    [InlineData("/api/generate", """
        "prompt":"What is the capital of France?"
        """, """
        "suffix":null,"system":null,"template":null,"context":null,"images":null,"format":null,"options":null,"keep_alive":null,"raw":null,"think":null,"stream":false
        """)]
    [InlineData("/api/generate", """
        "prompt":"What is the capital of France?"
        """, """
        "suffix":"","system":"","template":"","context":[],"images":[],"options":{},"stream":false
        """)]
    [InlineData("/v1/chat/completions", Messages, """
        "temperature":null,"top_p":null,"n":null,"stream":null,"stream_options":null,"stop":null,"max_tokens":4,"max_completion_tokens":null,"presence_penalty":null,"frequency_penalty":null,"logit_bias":null,"user":null,"seed":null,"tools":null,"tool_choice":null,"parallel_tool_calls":null,"response_format":null,"logprobs":null,"top_logprobs":null,"reasoning_effort":null,"metadata":null,"store":null,"service_tier":null,"modalities":null,"audio":null,"prediction":null,"functions":null,"function_call":null
        """)]
    [InlineData("/v1/chat/completions", Messages, """
        "max_tokens":4,"stop":[],"tools":[],"logit_bias":{},"metadata":{},"modalities":["text"]
        """)]
    [InlineData("/v1/completions", """
        "prompt":"The capital of France is"
        """, """
        "temperature":null,"top_p":null,"n":null,"stream":null,"stop":null,"max_tokens":4,"echo":null,"suffix":null,"logprobs":null,"best_of":null,"logit_bias":null,"user":null,"seed":null,"presence_penalty":null
        """)]
    [InlineData("/v1/messages", Messages, """
        "max_tokens":4,"system":null,"temperature":null,"top_p":null,"top_k":null,"stop_sequences":null,"stream":null,"tools":null,"tool_choice":null,"thinking":null,"metadata":null,"service_tier":null,"container":null,"output_config":null
        """)]
    [InlineData("/v1/messages", Messages, """
        "max_tokens":4,"system":"","stop_sequences":[],"tools":[],"metadata":{}
        """)]
    [InlineData("/v1/messages", Messages, """
        "max_tokens":4,"system":[]
        """)]
    [InlineData("/v1/responses", """
        "input":"What is the capital of France?"
        """, """
        "max_output_tokens":4,"instructions":null,"temperature":null,"top_p":null,"stream":null,"tools":null,"tool_choice":null,"parallel_tool_calls":null,"text":null,"reasoning":null,"include":null,"metadata":null,"store":null,"truncation":null,"user":null,"previous_response_id":null,"conversation":null,"background":null,"service_tier":null,"prompt_cache_key":null,"safety_identifier":null,"max_tool_calls":null,"top_logprobs":null,"prompt":null,"stream_options":null
        """)]
    [InlineData("/v1/responses", """
        "input":"What is the capital of France?"
        """, """
        "max_output_tokens":4,"instructions":"","tools":[],"include":[],"metadata":{},"text":{"format":null,"verbosity":null},"reasoning":{"effort":null,"summary":null}
        """)]
    public async Task Fields_may_be_null_or_empty(string path, string what, string fields) =>
        await server.AskAsync(path, $$"""{"model":"demo-chat",{{what}},{{fields}}}""");

    [Theory]
    [InlineData("/api/chat", """{"role":"user","content":"hi","images":null,"tool_calls":null,"thinking":null,"tool_name":null}""")]
    [InlineData("/api/chat", """{"role":"user","content":"hi","images":[],"tool_calls":[],"thinking":""}""")]
    [InlineData("/api/chat", """{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":{}}}]},{"role":"tool","content":"1"}""")]
    [InlineData("/api/chat", """{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":null,"type":null,"function":{"index":null,"name":"f","arguments":null}}]},{"role":"tool","content":""}""")]
    [InlineData("/v1/chat/completions", """{"role":"user","content":"hi","name":null}""")]
    [InlineData("/v1/chat/completions", """{"role":"user","content":"hi"},{"role":"assistant","content":"a","tool_calls":null,"refusal":null,"audio":null,"function_call":null,"annotations":[]},{"role":"user","content":"hi"}""")]
    [InlineData("/v1/chat/completions", """{"role":"user","content":"hi"},{"role":"assistant","content":"a","tool_calls":[]},{"role":"user","content":"hi"}""")]
    [InlineData("/v1/chat/completions", """{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":""}}]},{"role":"tool","tool_call_id":"c1","content":""}""")]
    [InlineData("/v1/chat/completions", """{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"null"}}]},{"role":"tool","tool_call_id":"c1","content":null}""")]
    [InlineData("/v1/chat/completions", """{"role":"user","content":"hi"},{"role":"assistant","content":null},{"role":"user","content":"hi"}""")]
    [InlineData("/v1/chat/completions", """{"role":"user","content":"hi"},{"role":"assistant","content":""},{"role":"user","content":"hi"}""")]
    [InlineData("/v1/messages", """{"role":"user","content":[{"type":"text","text":"hi","cache_control":null,"citations":null}]}""")]
    [InlineData("/v1/messages", """{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{},"cache_control":null}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":null,"is_error":null}]}""")]
    [InlineData("/v1/messages", """{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":null}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1"}]}""")]
    [InlineData("/v1/messages", """{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":""},{"type":"text","text":"a"}]},{"role":"user","content":"hi"}""")]
    [InlineData("/v1/messages", """{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"redacted_thinking","data":"x"},{"type":"text","text":"a"}]},{"role":"user","content":"hi"}""")]
    public async Task Parts_of_messages_may_be_null_or_empty(string path, string messages) =>
        await server.AskAsync(path, $$"""{"model":"demo-chat","stream":false,"max_tokens":4,"options":{"num_predict":4},"messages":[{{messages}}]}""");
}
