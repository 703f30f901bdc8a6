using System.Net;

namespace GGLib.Acceptance.Compatibility;

/// <summary>Launch options of one request do not harm the model for others.</summary>
public sealed class IsolationTests(CompatibilityServer server)
{
    [Fact]
    public async Task A_batch_smaller_than_the_slots_is_answered()
    {
        var model = await server.CreateAsync("small-batch", "");
        for (var i = 0; i < 3; i++)
        {
            await server.AskAsync("/api/chat", Ask(model, """
                ,"num_batch":1
                """));
        }

        await server.AskAsync("/api/chat", Ask(model, ""));
    }

    [Theory]
    [InlineData("num_batch", "0")]
    [InlineData("num_batch", "-1")]
    [InlineData("num_batch", "2147483647")]
    [InlineData("num_ctx", "1")]
    [InlineData("num_ctx", "-1")]
    [InlineData("num_thread", "100000")]
    [InlineData("num_thread", "-5")]
    [InlineData("num_gpu", "100000")]
    [InlineData("num_gpu", "-7")]
    [InlineData("main_gpu", "99")]
    public async Task An_impossible_launch_option_is_answered_or_rejected_and_harms_nobody(string option, string value)
    {
        var model = await server.CreateAsync("impossible-" + option.Replace('_', '-') + value, "");
        await server.AskAsync("/api/chat", Ask(model, ""));
        for (var i = 0; i < 4; i++)
        {
            var reply = await server.PostAsync("/api/chat", Ask(model, $",\"{option}\":{value}"));
            Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{(int)reply.Status} {reply.Text}");
        }

        await server.AskAsync("/api/chat", Ask(model, ""));
    }

    private static string Ask(string model, string option) =>
        $$"""{"model":"{{model}}","options":{"num_predict":2{{option}} },"stream":false,"think":false,"messages":[{"role":"user","content":"hi"}]}""";
}
