using System.Text.Json;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server;

namespace GGLib.Tests.Program.Chat;

public sealed class ChatSessionTests : IDisposable
{
    private readonly CommandRun _run = new();
    private readonly ScriptedKeyboard _keyboard = new();

    public ChatSessionTests() => _run.Keyboard = _keyboard;

    public void Dispose()
    {
        _keyboard.Dispose();
        _run.Dispose();
    }

    [Fact]
    public async Task What_was_said_goes_with_every_question_until_it_is_cleared()
    {
        await using var server = await StartAsync(static _ => Answer("Fine."));
        _keyboard.Press("\"\"\"How\rare you?\"\"\"\r/set system Be kind.\r/set parameter temperature 0.5\r/set parameter stop A \"B\r/set format json\rAnd now?\r/clear\rAgain\r/bye\r");
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", "tiny").Within());
        Assert.Equal("""[{"role":"user","content":"How\nare you?"}]""", await MessagesAsync(server));

        using var second = JsonDocument.Parse((await server.Engine.NextAsync()).Body);
        Assert.Equal(
            """[{"role":"system","content":"Be kind."},{"role":"user","content":"How\nare you?"},{"role":"assistant","content":"Fine."},{"role":"user","content":"And now?"}]""",
            second.RootElement.GetProperty("messages").GetRawText());
        Assert.Equal(0.5, second.RootElement.GetProperty("temperature").GetDouble());
        Assert.Equal("""["A","\"B"]""", second.RootElement.GetProperty("stop").GetRawText());
        Assert.Equal("""[{"role":"system","content":"Be kind."},{"role":"user","content":"Again"}]""", await MessagesAsync(server));
        Assert.Equal("", _run.Error);
        Assert.Equal(
            ["\"\"\"How\\nare you?\"\"\"", "/set system Be kind."],
            (await File.ReadAllLinesAsync(Path.Combine(_run.Variables["GGLIB_HOME"]!, "history"), TestContext.Current.CancellationToken))[..2]);
    }

    [Fact]
    public async Task Ctrl_C_stops_the_answer_alone_and_what_came_of_it_is_remembered()
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = true;
        await using var server = await StartAsync(call =>
        {
            if (!first)
            {
                return Answer("Done.");
            }

            first = false;
            var stream = new ScriptedStream();
            stream.Event(Chunk("""{"content":"Once upon"}"""));
            return ScriptedEngine.Stream(stream);
        });
        _run.Printed = text =>
        {
            if (text.Contains("Once upon", StringComparison.Ordinal))
            {
                began.TrySetResult();
            }
        };
        _keyboard.Press("Tell\r");
        var run = _run.RunAsync("run", "tiny");
        await began.Task.Within();
        Assert.NotNull(_keyboard.Interrupted);
        _keyboard.Press("typed ahead\u0003\r\u0004");
        Assert.Equal(ExitCode.Ok, await run.Within());

        await server.Engine.NextAsync();
        Assert.Equal("""[{"role":"user","content":"Tell"},{"role":"assistant","content":"Once upon"},{"role":"user","content":"typed ahead"}]""", await MessagesAsync(server));
    }

    [Fact]
    public async Task Ctrl_C_at_the_prompt_says_how_to_leave()
    {
        await using var server = await StartAsync(static _ => Answer("Fine."));
        _keyboard.Press("half a line\u0003\u0004");
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", "tiny").Within());
        Assert.Contains("Ctrl-D or /bye leaves.", _run.Output, StringComparison.Ordinal);
        Assert.False(server.Engine.HasMore);
    }

    [Fact]
    public async Task What_the_model_is_can_be_shown_and_another_one_loaded()
    {
        await using var server = await StartAsync(static _ => Answer("Fine."));
        _keyboard.Press("/show info\r/show license\r/show template\r/show system\r/show parameters\r/load tinytools\r/load nope\r/help\r/hepl\r/set parameter temprature 1\r/set parameter seed x\r/set think maybe\r/save\r\u0004");
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", "tiny").Within());
        Assert.Contains("context       2048", _run.Output, StringComparison.Ordinal);
        Assert.Contains("CC0", _run.Output, StringComparison.Ordinal);
        Assert.Contains("{{ messages }}", _run.Output, StringComparison.Ordinal);
        Assert.Contains("no system of its own", _run.Output, StringComparison.Ordinal);
        Assert.Contains("Now 'tinytools:latest' answers", _run.Output, StringComparison.Ordinal);
        Assert.Contains("/set parameter NAME VALUE", _run.Output, StringComparison.Ordinal);
        Assert.Equal(
            """
            gglib: There is no model 'nope'. See: gglib list
            gglib: There is no command '/hepl'. Did you mean '/help'? /help lists them.
            gglib: There is no parameter 'temprature'. Did you mean 'temperature'?
            gglib: seed takes one whole number.
            gglib: 'maybe' is no value for think: give true, false, low, medium, high or max.
            gglib: Conversations are not saved.

            """,
            _run.Error);
    }

    [Fact]
    public async Task Thinking_is_shown_before_the_answer_and_control_characters_do_not_reach_the_terminal()
    {
        await using var server = await StartAsync(static _ => ScriptedEngine.Events(Chunk("""{"reasoning_content":"Hm."}"""), Chunk("""{"content":"A\u001b[2Jb"}"""), Chunk("{}", "\"stop\""), "[DONE]"));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", "tinytools", "hi"));
        Assert.Equal("Thinking...\nHm.\n...done thinking.\n\nA[2Jb\n", _run.Output);
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", "tinytools", "hi", "--hidethinking"));
        Assert.Equal("A[2Jb\n", _run.Output);
    }

    [Theory]
    [InlineData("length", "thought until its limit of 9 tokens")]
    [InlineData("stop", "only thought")]
    public async Task A_model_that_only_thinks_is_said_to_give_no_answer(string finish, string what)
    {
        await using var server = await StartAsync(_ => ScriptedEngine.Events(
            Chunk("""{"reasoning_content":"Hm."}"""),
            Chunk("{}", $"\"{finish}\""),
            """{"choices":[],"created":1,"id":"c","model":"m","object":"chat.completion.chunk","usage":{"completion_tokens":9,"prompt_tokens":20,"total_tokens":29},"timings":{"prompt_n":20,"prompt_ms":10.5,"predicted_n":9,"predicted_ms":90.0}}""",
            "[DONE]"));
        _run.Keyboard = null;
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("run", "tinytools", "hi"));
        Assert.Equal("", _run.Output);
        Assert.Equal($"gglib: The model {what} and gave no answer. --think=false, or /set nothink in a conversation, asks it for an answer at once.\n", _run.Error);
    }

    private static string Chunk(string delta, string finish = "null") =>
        $$"""{"choices":[{"finish_reason":{{finish}},"index":0,"delta":{{delta}}}],"created":1,"id":"c","model":"m","object":"chat.completion.chunk"}""";

    private static HttpResponseMessage Answer(string text) => ScriptedEngine.Events(Chunk($$"""{"content":"{{text}}"}"""), Chunk("{}", "\"stop\""), "[DONE]");

    private static async Task<string> MessagesAsync(TestServer server)
    {
        using var asked = JsonDocument.Parse((await server.Engine.NextAsync()).Body);
        return asked.RootElement.GetProperty("messages").GetRawText();
    }

    private async Task<TestServer> StartAsync(Func<ScriptedEngine.Call, HttpResponseMessage> answer)
    {
        var server = await TestServer.StartAsync(new FakeRunnerFactory(new ScriptedEngine { Answer = answer }));
        _run.Variables["OLLAMA_HOST"] = server.Address;
        return server;
    }
}
