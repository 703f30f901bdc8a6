using System.Net;
using System.Text.Json;
using GGLib.Server;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>What is wrong with a request, in the recorded words of the real server.</summary>
public sealed class RequestErrorTests
{
    private const string Json = "application/json; charset=utf-8";

    [Theory]
    [InlineData("/api/show", """{"model":""", 400, "unexpected EOF")]
    [InlineData("/api/show", """{"model": 123}""", 400, "json: cannot unmarshal number into Go struct field ShowRequest.model of type string")]
    [InlineData("/api/show", "", 400, "missing request body")]
    [InlineData("/api/show", "{}", 400, "model is required")]
    [InlineData("/api/show", """{"model":"nope"}""", 404, "model 'nope:latest' not found")]
    [InlineData("/api/show", """{"name":"tiny:nope"}""", 404, "model 'tiny:nope' not found")]
    [InlineData("/api/show", """{"model":"a/b/c/d/e"}""", 400, "invalid model name")]
    [InlineData("/api/show", """{"model":"ti ny"}""", 400, "invalid model name")]
    [InlineData("/api/generate", """{"model":"tiny",""", 400, "unexpected EOF")]
    [InlineData("/api/generate", "not json", 400, "invalid character 'o' in literal null (expecting 'u')")]
    [InlineData("/api/generate", "", 400, "missing request body")]
    [InlineData("/api/generate", " \n\t", 400, "missing request body")]
    [InlineData("/api/generate", """{"model": 123}""", 400, "json: cannot unmarshal number into Go struct field GenerateRequest.model of type string")]
    [InlineData("/api/generate", """{"model":"tiny","stream":"yes"}""", 400, "json: cannot unmarshal string into Go struct field GenerateRequest.stream of type bool")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","keep_alive":"abc"}""", 400, "time: invalid duration \\\"abc\\\"")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","keep_alive":"10"}""", 400, "time: missing unit in duration \\\"10\\\"")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","keep_alive":true}""", 400, "Unsupported type: 'bool'")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","keep_alive":{}}""", 400, "Unsupported type: 'map[string]interface {}'")]
    [InlineData("/api/generate", """{"prompt":"x"}""", 404, "model '' not found")]
    [InlineData("/api/generate", """{"model":"","prompt":"x"}""", 404, "model '' not found")]
    [InlineData("/api/generate", """{"model":"nope","keep_alive":0}""", 404, "model 'nope' not found")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","raw":true,"context":[1,2]}""", 400, "raw mode does not support template, system, or context")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","raw":true,"template":"x"}""", 400, "raw mode does not support template, system, or context")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","suffix":"y"}""", 400, "registry.ollama.ai/library/tiny:latest does not support insert")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","template":"a\n{{ if }}"}""", 400, "template: if has no value (line 2, column 7)")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","format":"yaml"}""", 500, "invalid format: \\\"\\\\\\\"yaml\\\\\\\"\\\"; expected \\\"json\\\" or a valid JSON Schema object")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","format":5}""", 500, "invalid format: \\\"5\\\"; expected \\\"json\\\" or a valid JSON Schema object")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","think":true}""", 400, "\\\"tiny\\\" does not support thinking")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","think":"banana"}""", 400, "invalid think value: \\\"banana\\\" (must be \\\"high\\\", \\\"medium\\\", \\\"low\\\", \\\"max\\\", true, or false)")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","think":1}""", 400, "think must be a boolean or string (\\\"high\\\", \\\"medium\\\", \\\"low\\\", \\\"max\\\", true, or false)")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","top_logprobs":21}""", 400, "top_logprobs must be between 0 and 20")]
    [InlineData("/api/generate", """{"model":"tinyembed","prompt":"x"}""", 400, "\\\"tinyembed\\\" does not support generate")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","images":["iVBORw0KGgo="]}""", 400, "Multimodal data provided, but model does not support multimodal requests.")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","options":{"temperature":"hot"}}""", 500, "option \\\"temperature\\\" must be of type float32")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","options":{"num_predict":"x"}}""", 500, "option \\\"num_predict\\\" must be of type integer")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","options":{"stop":"x"}}""", 500, "option \\\"stop\\\" must be of type array")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","options":{"stop":[1]}}""", 500, "option \\\"stop\\\" must be of an array of strings")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","options":{"use_mmap":"x"}}""", 500, "option \\\"use_mmap\\\" must be of type boolean")]
    [InlineData("/api/chat", "", 400, "missing request body")]
    [InlineData("/api/chat", "[]", 400, "json: cannot unmarshal array into Go value of type api.ChatRequest")]
    [InlineData("/api/chat", """{"model": 1}""", 400, "json: cannot unmarshal number into Go struct field ChatRequest.model of type string")]
    [InlineData("/api/chat", """{"model":"tiny","stream":1}""", 400, "json: cannot unmarshal number into Go struct field ChatRequest.stream of type bool")]
    [InlineData("/api/chat", """{"model":"tiny","messages":{}}""", 400, "json: cannot unmarshal object into Go struct field ChatRequest.messages of type []api.Message")]
    [InlineData("/api/chat", """{"model":"tiny","messages":[{"role":"user","content":[{"type":"text"}]}]}""", 400, "json: cannot unmarshal array into Go struct field Alias.content of type string")]
    [InlineData("/api/chat", """{"model":"tiny","messages":[{"role":"user","content":"x"}],"tools":"x"}""", 400, "json: cannot unmarshal string into Go struct field ChatRequest.tools of type api.Tools")]
    [InlineData("/api/chat", """{"model":"tiny","messages":[{"role":"user","content":"x","images":["!!"]}]}""", 400, "json: cannot unmarshal string into Alias.images.0 of type api.ImageData: illegal base64 data at input byte 0")]
    [InlineData("/api/chat", """{"messages":[{"role":"user","content":"x"}]}""", 400, "model is required")]
    [InlineData("/api/chat", """{"model":"a/b/c/d/e","messages":[{"content":"x"}]}""", 400, "invalid model name")]
    [InlineData("/api/chat", """{"model":"nope","messages":[{"content":"x"}]}""", 404, "model 'nope' not found")]
    [InlineData("/api/chat", """{"model":"tiny","messages":[{"content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}]}""", 400, "registry.ollama.ai/library/tiny:latest does not support tools")]
    [InlineData("/api/chat", """{"model":"tiny","messages":[{"content":"x","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}]}""", 400, "json: cannot unmarshal string into Go struct field ToolCallFunction.arguments of type api.ToolCallFunctionArguments")]
    [InlineData("/api/chat", """{"model":"tinyembed","messages":[{"content":"x"}]}""", 400, "\\\"tinyembed\\\" does not support chat")]
    [InlineData("/api/chat", """{"model":"tinysee","messages":[{"content":"x","images":["UklGRgAAAABXRUJQ"]}]}""", 400, "WebP images are not supported: send PNG or JPEG")]
    [InlineData("/api/embed", "", 400, "missing request body")]
    [InlineData("/api/embed", """{"model":"tinyembed","input":5}""", 400, "invalid input type")]
    [InlineData("/api/embed", """{"model":"tinyembed","input":{}}""", 400, "invalid input type")]
    [InlineData("/api/embed", """{"model":"tinyembed","input":["a",1]}""", 400, "invalid input type")]
    [InlineData("/api/embed", """{"model":"nope","input":"x"}""", 404, "model \\\"nope\\\" not found, try pulling it first")]
    [InlineData("/api/embed", """{"input":"x"}""", 404, "model '' not found")]
    [InlineData("/api/embed", """{"model":"tinyembed","input":"x","options":{"num_ctx":"x"}}""", 500, "option \\\"num_ctx\\\" must be of type integer")]
    [InlineData("/api/embed", """{"model":"tinyembed","input":["a",""]}""", 400, "input exceeds maximum context length and cannot be truncated further")]
    [InlineData("/api/embeddings", """{"model":"nope","prompt":"x"}""", 404, "model \\\"nope\\\" not found, try pulling it first")]
    [InlineData("/api/embeddings", """{"prompt":"x"}""", 400, "model is required")]
    public async Task Native_requests(string path, string body, int status, string message)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(new TestServer.Answer((HttpStatusCode)status, Json, $$"""{"error":"{{message}}"}"""), await server.PostAsync(path, body));
        Assert.False(server.Engine.HasMore);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "", 400, "EOF", "invalid_request_error")]
    [InlineData("/v1/chat/completions", "{", 400, "unexpected EOF", "invalid_request_error")]
    [InlineData("/v1/chat/completions", "[]", 400, "the request body must be a JSON object", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"messages":[]}""", 400, "model is required", "invalid_request_error", "model")]
    [InlineData("/v1/chat/completions", """{"model":5}""", 400, "model must be a string", "invalid_request_error", "model")]
    [InlineData("/v1/chat/completions", """{"model":"tiny"}""", 400, "[] is too short - 'messages'", "invalid_request_error", "messages")]
    [InlineData("/v1/chat/completions", """{"model":"tiny","messages":[]}""", 400, "[] is too short - 'messages'", "invalid_request_error", "messages")]
    [InlineData("/v1/chat/completions", """{"model":"nope","messages":[{"role":"user","content":"x"}]}""", 404, "model 'nope' not found", "not_found_error")]
    [InlineData("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://x/y.png"}}]}]}""", 400, "image URLs are not currently supported, please use base64 encoded data instead", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tinysee","messages":[{"role":"user","content":[{"type":"image_url","image_url":"file:///etc/passwd"}]}]}""", 400, "image URLs are not currently supported, please use base64 encoded data instead", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}]}""", 400, "Multimodal data provided, but model does not support multimodal requests.", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":""}}]}]}""", 400, "Multimodal data provided, but model does not support multimodal requests.", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}]}""", 400, "registry.ollama.ai/library/tiny:latest does not support tools", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tinyembed","messages":[{"role":"user","content":"x"}]}""", 400, "\\\"tinyembed\\\" does not support chat", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tinysee","messages":[{"role":"user","content":[{"type":"video_url","video_url":{"url":"http://x/y.mp4"}}]}]}""", 400, "content parts of type 'video_url' are not supported", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tinysee","messages":[{"role":"user","content":[{"type":"input_video","input_video":{"url":"file:///etc/passwd"}}]}]}""", 400, "content parts of type 'input_video' are not supported", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tinysee","messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", 400, "image URLs are not currently supported, please use base64 encoded data instead", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tinysee","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,UklGRgAAAABXRUJQVlA4"}}]}]}""", 400, "WebP images are not supported: send PNG or JPEG", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tinysee","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"http://x/y.wav","format":"wav"}}]}]}""", 400, "input_audio must hold base64 encoded data", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tinysee","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA==","url":"http://x/y.wav"}}]}]}""", 400, "input_audio must hold base64 encoded data", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":"x"}],"reasoning_effort":"high"}""", 400, "\\\"tiny\\\" does not support thinking", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":"x"}],"reasoning":{"effort":"low"}}""", 400, "\\\"tiny\\\" does not support thinking", "invalid_request_error")]
    [InlineData("/v1/chat/completions", """{"model":"tinytools","messages":[{"role":"user","content":"x"}],"reasoning_effort":"banana"}""", 400, "invalid reasoning value: 'banana' (must be \\\"high\\\", \\\"medium\\\", \\\"low\\\", \\\"max\\\", or \\\"none\\\")", "invalid_request_error", "reasoning_effort")]
    [InlineData("/v1/chat/completions", """{"model":"tinytools","messages":[{"role":"user","content":"x"}],"reasoning_effort":5}""", 400, "the reasoning effort must be a string", "invalid_request_error", "reasoning_effort")]
    [InlineData("/v1/chat/completions", """{"model":"tiny","temperature":"hot"}""", 400, "option \\\"temperature\\\" must be of type number", "invalid_request_error", "temperature")]
    [InlineData("/v1/chat/completions", """{"model":"tiny","max_completion_tokens":"all"}""", 400, "option \\\"max_completion_tokens\\\" must be of type integer", "invalid_request_error", "max_completion_tokens")]
    [InlineData("/v1/chat/completions", """{"model":"tiny","n":0}""", 400, "n must be an integer between 1 and 128", "invalid_request_error", "n")]
    [InlineData("/v1/completions", """{"model":"tiny","prompt":{}}""", 400, "prompt must be a string, an array of strings, an array of tokens, or an array of token arrays", "invalid_request_error", "prompt")]
    [InlineData("/v1/completions", """{"model":"nope","prompt":"x"}""", 404, "model 'nope' not found", "not_found_error")]
    [InlineData("/v1/embeddings", """{"model":"tinyembed"}""", 400, "invalid input", "invalid_request_error")]
    [InlineData("/v1/embeddings", """{"model":"tinyembed","input":[]}""", 400, "invalid input", "invalid_request_error")]
    public async Task Relayed_requests(string path, string body, int status, string message, string type, string? parameter = null)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync(path, body);

        Assert.Equal($$$"""{"error":{"message":"{{{message}}}","type":"{{{type}}}","param":{{{(parameter is null ? "null" : $"\"{parameter}\"")}}},"code":{{{(status == 404 ? "\"model_not_found\"" : "null")}}}}}""", answer.Text);
        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.False(server.Engine.HasMore);
    }

    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/api/generate")]
    [InlineData("/api/embed")]
    [InlineData("/v1/chat/completions")]
    public async Task A_body_too_large_is_413(string path)
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", LargestBody = 1000 });
        var answer = await server.PostAsync(path, $$"""{"model":"{{new string('x', 2000)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Contains("request body too large", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/chat", """{"model":"\ud800","messages":[{"content":"x"}]}""", 400)]
    [InlineData("/api/chat", """{"\udfff":1,"model":"nope"}""", 404)]
    [InlineData("/api/generate", """{"model":"nope\udc00"}""", 400)]
    [InlineData("/api/embed", """{"model":"a\ud83d","input":"x"}""", 400)]
    [InlineData("/v1/chat/completions", """{"model":"\ud800","messages":[{"role":"user","content":"x"}]}""", 400)]
    public async Task Half_a_character_is_no_fault_of_the_server(string path, string body, int status)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal((HttpStatusCode)status, (await server.PostAsync(path, body)).Status);
    }

    [Fact]
    public async Task Half_a_character_in_a_message_reaches_the_engine_replaced()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Finish, "[DONE]");

        await server.PostAsync("/api/chat", """{"model":"tiny","messages":[{"content":"a\ud83db \ud83d\ude00"}]}""");

        using var sent = JsonDocument.Parse((await server.Engine.NextAsync()).Body);
        Assert.Equal("a\uFFFDb 😀", sent.RootElement.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData("-1e999")]
    public async Task A_number_beyond_all_bounds_is_no_fault_of_the_server(string number)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(Samples.Finish, "[DONE]");

        foreach (var field in (string[])["\"temperature\":N", "\"seed\":N", "\"num_ctx\":N", "\"top_k\":N", "\"num_predict\":N", "\"repeat_penalty\":N"])
        {
            var answer = await server.PostAsync("/api/generate", $$$"""{"model":"tiny","prompt":"x","options":{{{{field.Replace("N", number, StringComparison.Ordinal)}}}}}""");
            Assert.True(answer.Status is HttpStatusCode.OK, $"{field} {number}: {answer}");
        }

        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/generate", $$"""{"model":"tiny","keep_alive":{{number}}}""")).Status);
    }

    [Fact]
    public async Task Deep_nesting_is_no_fault_of_the_server()
    {
        await using var server = await TestServer.StartAsync();
        var deep = new string('[', 100_000);

        Assert.Equal(HttpStatusCode.BadRequest, (await server.PostAsync("/api/chat", deep)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.PostAsync("/v1/chat/completions", $$"""{"model":"tiny","messages":{{deep}}""")).Status);
    }
}
