using System.Net;
using System.Text.Json;
using GGLib.Engine.Launching;
using GGLib.Server;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Options that a model has before any request, and options of a request that are of the model's launch.</summary>
public sealed class ModelOptionsTests
{
    private const string Defaults = """{"num_ctx":512,"temperature":0.5,"top_k":7,"num_predict":9,"stop":["a","b\n"]}""";

    [Theory]
    [InlineData("", "\"n_predict\":9,\"top_p\":0.9,\"min_p\":0,\"temperature\":0.5,\"top_k\":7,\"stop\":[\"a\",\"b\\n\"],")]
    [InlineData(",\"options\":{\"temperature\":0,\"stop\":[\"c\"],\"num_predict\":-1}", "\"n_predict\":-1,\"top_p\":0.9,\"min_p\":0,\"temperature\":0,\"top_k\":7,\"stop\":[\"c\"],")]
    public async Task A_request_goes_before_them(string options, string expected)
    {
        await using var server = await StartAsync(Samples.Content("Hi"), Samples.Finish, "[DONE]");

        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/chat", """{"model":"tiny","messages":[{"content":"hi"}]""" + options + "}")).Status);
        Assert.Contains(expected + "\"cache_prompt\"", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/generate", """{"prompt":"hi","model":"tiny" """ + options + "}")).Status);
        Assert.Contains(expected + "\"cache_prompt\"", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "\"n_predict\":9,\"temperature\":0.5,\"top_k\":7,\"stop\":[\"a\",\"b\\n\"]}")]
    [InlineData(",\"temperature\":1,\"stop\":null,\"max_tokens\":3", "\"n_predict\":3,\"temperature\":1,\"top_k\":7,\"stop\":[\"a\",\"b\\n\"]}")]
    [InlineData(",\"max_completion_tokens\":3,\"max_tokens\":4,\"top_k\":1,\"temperature\":2,\"stop\":\"x\"", "\"n_predict\":3,\"temperature\":2,\"top_k\":1,\"stop\":[\"x\"]}")]
    public async Task A_relayed_request_overrides_them(string fields, string expected)
    {
        await using var server = await StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");

        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/chat/completions", """{"model":"tiny","messages":[{"content":"hi"}]""" + fields + "}")).Status);
        var body = (await server.Engine.NextAsync()).Body;
        Assert.EndsWith("\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]," + expected, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_models_and_embeddings_are_left_alone()
    {
        await using var server = await StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        await server.PostAsync("/v1/completions", """{"model":"tinytools","prompt":"x"}""");
        Assert.StartsWith("{\"model\":", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
        await server.PostAsync("/v1/embeddings", """{"model":"tiny","input":"x"}""");
        Assert.Equal("""{"input":["x"]}""", (await server.Engine.NextAsync()).Body);
    }

    [Fact]
    public async Task Requests_of_other_dialects_get_them_by_the_names_they_have_there()
    {
        await using var server = await StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Json("{}");
        await server.PostAsync("/v1/messages", """{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"x"}]}""");
        Assert.Contains("\"n_predict\":5,\"temperature\":0.5,\"top_k\":7,\"stop\":[\"a\",\"b\\n\"]", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
        await server.PostAsync("/v1/messages", """{"model":"tiny","max_tokens":5,"stop_sequences":[],"top_k":1,"messages":[{"role":"user","content":"x"}]}""");
        Assert.Contains("\"n_predict\":5,\"temperature\":0.5,\"top_k\":1", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
        await server.PostAsync("/v1/responses", """{"model":"tiny","max_output_tokens":5,"input":"x"}""");
        Assert.Contains("\"n_predict\":5,\"temperature\":0.5,\"top_k\":7", (await server.Engine.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_lists_them_in_columns()
    {
        await using var server = await StartAsync();
        using var json = JsonDocument.Parse((await server.PostAsync("/api/show", """{"model":"tiny"}""")).Text);

        Assert.Equal(
            """
            num_ctx                        512
            num_predict                    9
            stop                           "a"
            stop                           "b\n"
            temperature                    0.5
            top_k                          7
            """,
            json.RootElement.GetProperty("parameters").GetString());
        Assert.EndsWith("PARAMETER stop a\nPARAMETER stop \"b\n\"\nPARAMETER temperature 0.5\nPARAMETER top_k 7\n", json.RootElement.GetProperty("modelfile").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"parameters\"", (await server.PostAsync("/api/show", """{"model":"tinytools"}""")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_request_says_of_the_launch_launches_the_model_anew()
    {
        await using var server = await StartAsync(Samples.Content("Hi"), Samples.Finish, "[DONE]");
        await server.PostAsync("/api/chat", """{"model":"tiny","messages":[{"content":"hi"}]}""");
        Assert.Null((await server.Runners.NextAsync()).Request.Settings.Threads);

        await server.PostAsync("/api/chat", """{"model":"tiny","messages":[{"content":"hi"}],"options":{"num_thread":3,"num_gpu":0,"use_mmap":false,"num_batch":64,"main_gpu":1}}""");
        var settings = (await server.Runners.NextAsync()).Request.Settings;
        Assert.Equal((3, 0, false, 64, 1), (settings.Threads, settings.GpuLayers, settings.Mmap, settings.Batch, settings.MainGpu));
        Assert.Equal(OriginKind.Request, settings.OriginOf(nameof(settings.Threads)).Kind);

        // The same again, or values that leave it open, are served as it is.
        await server.PostAsync("/api/chat", """{"model":"tiny","messages":[{"content":"hi"}],"options":{"num_thread":3,"num_gpu":-1}}""");
        Assert.False(server.Runners.HasMore);
    }

    [Fact]
    public async Task How_many_tokens_are_drafted_is_nothing_to_a_model_that_nobody_drafts_for()
    {
        await using var server = await StartAsync(Samples.Content("Hi"), Samples.Finish, "[DONE]");
        await server.PostAsync("/api/chat", """{"model":"tiny","messages":[{"content":"hi"}]}""");
        await server.PostAsync("/api/chat", """{"model":"tiny","messages":[{"content":"hi"}],"options":{"draft_num_predict":8}}""");

        Assert.Null((await server.Runners.NextAsync()).Request.Settings.DraftTokens);
        Assert.False(server.Runners.HasMore);
    }

    private static async Task<TestServer> StartAsync(params string[] events)
    {
        using var json = JsonDocument.Parse(Defaults);
        var defaults = json.RootElement.Clone();
        var server = await TestServer.StartAsync(new ServerOptions { Version = "0.1.0", ModelOptions = name => name == "tiny:latest" ? defaults : null });
        server.Engine.Answer = _ => ScriptedEngine.Events(events);
        return server;
    }
}
