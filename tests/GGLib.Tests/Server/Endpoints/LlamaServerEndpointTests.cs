using System.Net;
using System.Net.Http.Headers;
using GGLib.Gguf;
using GGLib.Tests.Engine.Processes;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>llama-server's own endpoints: exact bytes to and from the engine.</summary>
public sealed class LlamaServerEndpointTests
{
    private static GgufWriter Ranker => TestServer.Model("bert").Add("bert.pooling_type", 4u);

    [Fact]
    public async Task The_engine_gets_the_body_under_its_own_name_for_the_model()
    {
        await using var server = await TestServer.StartAsync();
        server.Add("tinyrank", Ranker);
        server.Engine.Answer = static call => ScriptedEngine.Json($$"""{"model":{{call.Body[9..call.Body.IndexOf(',', StringComparison.Ordinal)]}},"results":[]}""");

        var answer = await server.PostAsync("/rerank", """{"query":"a","model":"tinyrank","keep_alive":"1m","documents":["b"],"top_n":1}""");

        Assert.Equal((HttpStatusCode.OK, """{"model":"tinyrank","results":[]}"""), (answer.Status, answer.Text));
        var call = await server.Engine.NextAsync();
        Assert.Equal("/v1/rerank", call.Path);
        Assert.EndsWith(""","query":"a","documents":["b"],"top_n":1}""", call.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("tinyrank", call.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_are_relayed_as_they_arrive()
    {
        await using var server = await TestServer.StartAsync();
        using var upstream = new ScriptedStream();
        server.Engine.Answer = _ => ScriptedEngine.Stream(upstream);
        upstream.Send("data: {\"content\":\"a\"}\n\n");

        using var response = await server.SendAsync(server.Request("POST", "/infill", """{"model":"tinyfill","input_prefix":"x","stream":true}"""));

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var body = await response.Content.ReadAsStreamAsync(Limit.Token);
        using var reader = new StreamReader(body);
        Assert.Equal("data: {\"content\":\"a\"}", await reader.ReadLineAsync(Limit.Token));
        upstream.Send("data: {\"content\":\"\",\"stop\":true}\n\n");
        upstream.End();
        Assert.Equal("\ndata: {\"content\":\"\",\"stop\":true}\n\n", await reader.ReadToEndAsync(Limit.Token));
    }

    [Fact]
    public async Task A_recording_is_passed_on_with_the_other_fields()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Answer = static _ => ScriptedEngine.Json("""{"text":"hello"}""");
        using var file = new ByteArrayContent("RIFF-sound"u8.ToArray());
        file.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        using var form = new MultipartFormDataContent { { new StringContent("tinysee"), "model" }, { new StringContent("en"), "language" }, { file, "file", "speech.wav" } };

        using var response = await server.Http.PostAsync(server.Address + "/v1/audio/transcriptions", form, Limit.Token);

        Assert.Equal("""{"text":"hello"}""", await response.Content.ReadAsStringAsync(Limit.Token));
        var call = await server.Engine.NextAsync();
        Assert.Equal("/v1/audio/transcriptions", call.Path);
        Assert.Contains("name=language\r\n\r\nen\r\n", call.Body, StringComparison.Ordinal);
        Assert.Contains("name=file; filename=speech.wav", call.Body, StringComparison.Ordinal);
        Assert.Contains("RIFF-sound", call.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("tinysee", call.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_an_end_is_invalid()
    {
        await using var server = await TestServer.StartAsync();
        using var content = new StringContent("--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ntinysee");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        using var response = await server.Http.PostAsync(server.Address + "/v1/audio/transcriptions", content, Limit.Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("""{"error":{"message":"the form is invalid""", await response.Content.ReadAsStringAsync(Limit.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engines_error_is_returned()
    {
        await using var server = await TestServer.StartAsync();
        server.Add("tinyrank", Ranker);
        server.Engine.Answer = static _ => ScriptedEngine.Json("""{"error":{"code":400,"message":"\"documents\" must be a non-empty string array","type":"invalid_request_error"}}""", HttpStatusCode.BadRequest);
        var answer = await server.PostAsync("/v1/rerank", """{"model":"tinyrank","query":"a"}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("must be a non-empty string array", answer.Text, StringComparison.Ordinal);
    }
}
