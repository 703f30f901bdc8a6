using System.Net;
using System.Text.Json;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.Ollama;

/// <summary>The order in which a request is checked: the types of all fields, the model's name, the model, its capabilities, the options, the template.</summary>
public sealed class RequestOrderTests
{
    private const string Conversation = "\"messages\":[{\"content\":\"x\"}]";

    [Theory]
    [InlineData("/api/show", """{"model":"nope","template":5}""", 400, "json: cannot unmarshal number into Go struct field ShowRequest.template of type string")]
    [InlineData("/api/show", """{"model":"nope","options":[]}""", 400, "json: cannot unmarshal array into Go struct field ShowRequest.options of type map[string]interface {}")]
    [InlineData("/api/show", """{"model":"tiny","name":5}""", 400, "json: cannot unmarshal number into Go struct field ShowRequest.name of type string")]
    [InlineData("/api/pull", """{"model":"a b","password":5}""", 400, "json: cannot unmarshal number into Go struct field PullRequest.password of type string")]
    [InlineData("/api/create", """{"model":"a b","renderer":5}""", 400, "json: cannot unmarshal number into Go struct field CreateRequest.renderer of type string")]
    [InlineData("/api/create", """{"model":"a b","files":{"../x":"y"}}""", 400, "file path must be relative")]
    [InlineData("/api/chat", $$"""{"model":"a b","top_logprobs":21,{{Conversation}},"tools":5}""", 400, "json: cannot unmarshal number into Go struct field ChatRequest.tools of type api.Tools")]
    [InlineData("/api/chat", $$"""{"model":"a b","top_logprobs":21,{{Conversation}}}""", 400, "top_logprobs must be between 0 and 20")]
    [InlineData("/api/chat", $$"""{"model":"tinytools",{{Conversation}},"tools":[{"type":5}]}""", 400, "json: cannot unmarshal number into Go struct field Tool.type of type string")]
    [InlineData("/api/chat", """{"model":"tinytools","messages":[{"content":"x"}],"tools":[{"function":{"name":"f","parameters":{"properties":[]}}}]}""", 400, "json: cannot unmarshal array into Go struct field ToolFunctionParameters.properties of type map[string]api.ToolProperty")]
    [InlineData("/api/chat", """{"model":"tiny","messages":[{"tool_calls":[{"function":{"index":"x"}}]}]}""", 400, "json: cannot unmarshal string into Go struct field ToolCallFunction.index of type int")]
    [InlineData("/api/generate", """{"model":" ","prompt":"x"}""", 404, "model ' ' not found")]
    [InlineData("/api/generate", """{"model":"a b","prompt":"x"}""", 400, "invalid model name")]
    [InlineData("/api/generate", """{"model":"x:cloud:local","prompt":"x"}""", 400, "use either :local or :cloud, not both: \"x:cloud:local\"")]
    [InlineData("/api/embed", """{"model":"a b","input":5}""", 400, "invalid model name")]
    [InlineData("/api/embed", """{"model":"nope","input":5}""", 400, "invalid input type")]
    [InlineData("/api/embed", """{"model":"nope","input":5,"dimensions":"x"}""", 400, "json: cannot unmarshal string into Go struct field EmbedRequest.dimensions of type int")]
    [InlineData("/api/embed", """{"model":" ","input":"x"}""", 404, "model ' ' not found")]
    [InlineData("/api/embeddings", """{"model":" ","prompt":"x"}""", 400, "model is required")]
    [InlineData("/api/embeddings", """{"model":"a b","prompt":"x"}""", 400, "invalid model name")]
    [InlineData("/api/copy", """{"source":" tiny","destination":"x"}""", 400, "source \" tiny\" is invalid")]
    [InlineData("/api/show", """{"model":"  "}""", 400, "model is required")]
    [InlineData("/api/show", """{"model":"TINY:Nope"}""", 404, "model 'tiny:Nope' not found")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","raw":true,"system":"y","think":true}""", 400, "raw mode does not support template, system, or context")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","template":"{{","suffix":"y"}""", 400, "registry.ollama.ai/library/tiny:latest does not support insert")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","template":"{{","think":true}""", 400, "\"tiny\" does not support thinking")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","template":"{{","images":["iVBORw0KGgo="]}""", 400, "Multimodal data provided, but model does not support multimodal requests.")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","think":true,"options":{"seed":"x"}}""", 400, "\"tiny\" does not support thinking")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x","images":["iVBORw0KGgo="],"options":{"seed":"x"}}""", 500, "option \"seed\" must be of type integer")]

    // A request that only loads the model is checked too.
    [InlineData("/api/generate", """{"model":"tiny","think":true}""", 400, "\"tiny\" does not support thinking")]
    [InlineData("/api/generate", """{"model":"tiny","suffix":"y"}""", 400, "registry.ollama.ai/library/tiny:latest does not support insert")]
    [InlineData("/api/generate", """{"model":"tiny","raw":true,"system":"y"}""", 400, "raw mode does not support template, system, or context")]
    [InlineData("/api/generate", """{"model":"tinyembed"}""", 400, "\"tinyembed\" does not support generate")]
    [InlineData("/api/chat", """{"model":"tiny","options":{"seed":"x"}}""", 500, "option \"seed\" must be of type integer")]
    [InlineData("/api/chat", """{"model":"tinyembed","messages":[]}""", 400, "\"tinyembed\" does not support chat")]
    public async Task The_first_fault_in_order_is_reported(string path, string body, int status, string error)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync(path, body);

        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.Equal(error, JsonDocument.Parse(answer.Text).RootElement.GetProperty("error").GetString());
        Assert.Empty(server.Runners.Runners);
    }

    [Theory]
    [InlineData("/api/generate", """{"model":"tiny","think":true,"raw":true,"system":"y","options":{"seed":"x"},"keep_alive":0}""", "unload")]
    [InlineData("/api/chat", """{"model":"tiny","format":"xml","messages":[]}""", "load")]
    [InlineData("/api/generate", """{"model":"tiny","format":"xml","template":"{{"}""", "load")]
    public async Task What_generates_nothing_needs_no_format_and_what_unloads_needs_only_the_model(string path, string body, string reason)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(reason, JsonDocument.Parse(answer.Text).RootElement.GetProperty("done_reason").GetString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"a b","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("/v1/completions", """{"model":"a b","prompt":"x"}""")]
    [InlineData("/v1/embeddings", """{"model":"a b","input":"x"}""")]
    [InlineData("/v1/responses", """{"model":"a b","input":"x"}""")]
    [InlineData("/v1/messages", """{"model":"a b","max_tokens":5,"messages":[{"role":"user","content":"x"}]}""")]
    public async Task A_malformed_name_is_an_invalid_request_on_every_route(string path, string body)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        var error = JsonDocument.Parse(answer.Text).RootElement.GetProperty("error");
        Assert.Equal(("invalid model name", "invalid_request_error"), (error.GetProperty("message").GetString(), error.GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData("""{"model":"m","files":{"x.gguf":"nonsense"}}""", 200, "{\"status\":\"parsing GGUF\"}\n{\"error\":\"invalid digest format\"}\n")]
    [InlineData("""{"model":"m","files":{"x.gguf":"nonsense"},"stream":false}""", 500, "{\"error\":\"invalid digest format\"}")]
    public async Task A_malformed_digest_is_found_when_the_files_are_read(string body, int status, string expected)
    {
        await using var server = await TestServer.StartAsync(stored: true);
        var answer = await server.PostAsync("/api/create", body);

        Assert.Equal(((HttpStatusCode)status, expected), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("TINY:New", "tiny:New")]
    [InlineData("Library/Other:LATEST", "Other:latest")]
    [InlineData("Ns/Tiny:V1", "Ns/tiny:V1")]
    public async Task A_new_name_is_spelled_like_the_parts_that_exist(string destination, string stored)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/copy", $$"""{"source":"tiny","destination":"{{destination}}"}""")).Status);
        Assert.Contains(stored, server.Catalog.List().Select(static model => model.Name.Display));
    }

    [Theory]
    [InlineData("/api/generate", """ "prompt":"x" """)]
    [InlineData("/api/chat", Conversation)]
    public async Task Log_probabilities_are_asked_for_where_the_engine_reports_every_token(string path, string prompt)
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = call => call.Path switch
        {
            "/apply-template" => ScriptedEngine.Json("""{"prompt":"<user>x<assistant><think>\n"}"""),
            "/completion" => ScriptedEngine.Events(Token("a"), Token("</think>"), Token("b"), Token(""), Samples.CompletionEnd),
            _ => ScriptedEngine.Json("""{"tokens":[1]}"""),
        };

        foreach (var stream in (string[])["true", "false"])
        {
            var answer = await server.PostAsync(path, $$"""{"model":"tinytools",{{prompt}},"logprobs":true,"stream":{{stream}}}""");

            Assert.Equal(4, answer.Text.Split("\"logprob\":").Length - 1);
            Assert.Contains("\"thinking\":\"a\"", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("think>\"}", answer.Text, StringComparison.Ordinal);
        }

        static string Token(string text) =>
            $$"""{"index":0,"content":"{{text}}","tokens":[5],"stop":false,"completion_probabilities":[{"id":5,"token":"{{text}}","bytes":[1],"logprob":-0.5,"top_logprobs":[]}]}""";
    }
}
