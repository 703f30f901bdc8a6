namespace GGLib.Tests.Server.Clients;

/// <summary>n8n: the credential is tested by <c>GET /</c>, models are chosen from tags, and LangChain's JavaScript client does the rest.</summary>
public sealed class N8nTests
{
    [Fact]
    public async Task The_credential_test_succeeds()
    {
        await using var server = await ClientTraffic.StartAsync();

        Assert.Equal("Ollama is running", await server.TextAsync("GET", "/"));
    }

    [Fact]
    public async Task Models_are_chosen_by_name()
    {
        await using var server = await ClientTraffic.StartAsync();

        Assert.All((await server.JsonAsync("GET", "/api/tags")).Items("models"), static model => Assert.Equal(model.Text("name"), model.Text("model")));
    }

    [Fact]
    public async Task LangChain_sends_every_option_and_a_tools_list()
    {
        await using var server = await ClientTraffic.StartAsync();
        var lines = await server.LinesAsync(
            "/api/chat",
            """{"model":"tinytools","format":"","keep_alive":"5m","options":{"numa":false,"num_ctx":2048,"num_keep":0,"seed":1,"num_predict":-1,"top_k":-1,"top_p":1,"tfs_z":1,"typical_p":1,"repeat_last_n":64,"temperature":0.7,"repeat_penalty":1,"presence_penalty":0,"frequency_penalty":0,"mirostat":0,"mirostat_tau":5,"mirostat_eta":0.1,"penalize_newline":false,"stop":[],"num_batch":512,"num_gpu":-1,"main_gpu":0,"low_vram":false,"f16_kv":true,"logits_all":false,"vocab_only":false,"use_mmap":true,"use_mlock":false,"embedding_only":false,"num_thread":0},"messages":[{"role":"user","content":"hi"}],"stream":true,"tools":[]}""");

        Assert.True(lines[^1].GetProperty("done").GetBoolean());
        Assert.Equal("stop", lines[^1].Text("done_reason"));
    }
}
