using System.Buffers;
using System.Text;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Failures;
using GGLib.Server.Streaming;
using GGLib.Tests.Engine.Processes;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Server.Streaming;

/// <summary>The exact text of Ollama's lines and objects.</summary>
public sealed class OllamaAnswerTests
{
    private const string Head = """{"model":"tiny","created_at":"2026-11-22T17:47:52.05Z",""";
    private const string Counts = ""","total_duration":5000,"load_duration":700,"prompt_eval_count":11,"prompt_eval_duration":3500000,"eval_count":2,"eval_duration":250000}""";

    private readonly ArrayBufferWriter<byte> _output = new();

    [Fact]
    public async Task A_streamed_chat()
    {
        await AnswerAsync(OllamaAnswerShape.Chat, true, null, Samples.Role, Samples.Reasoning("hm\\n"), Samples.Content("Hé \\\"a\\\""), Samples.Finish, Samples.Usage, "[DONE]");

        AssertText($$$"""
            {{{Head}}}"message":{"role":"assistant","content":"","thinking":"hm\n"},"done":false}
            {{{Head}}}"message":{"role":"assistant","content":"Hé \"a\""},"done":false}
            {{{Head}}}"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"{{{Counts}}}

            """);
    }

    [Fact]
    public async Task A_chat_as_one_object()
    {
        await AnswerAsync(OllamaAnswerShape.Chat, false, null, Samples.Role, Samples.Reasoning("h"), Samples.Reasoning("m"), Samples.Content("A"), Samples.Content("\\n"), Samples.Finish, Samples.Usage, "[DONE]");

        AssertText($$$"""{{{Head}}}"message":{"role":"assistant","content":"A\n","thinking":"hm"},"done":true,"done_reason":"stop"{{{Counts}}}""");
    }

    [Fact]
    public async Task A_streamed_generation()
    {
        await AnswerAsync(OllamaAnswerShape.Generate, true, null, Samples.Reasoning("hm"), Samples.Completion("A"), Samples.CompletionEnd);

        AssertText($$"""
            {{Head}}"response":"","thinking":"hm","done":false}
            {{Head}}"response":"A","done":false}
            {{Head}}"response":"","done":true,"done_reason":"length"{{Counts}}

            """);
    }

    [Fact]
    public async Task A_generation_as_one_object()
    {
        await AnswerAsync(OllamaAnswerShape.Generate, false, null, Samples.Reasoning("hm"), Samples.Content("A"), Samples.Finish, Samples.Usage, "[DONE]");

        AssertText($$"""{{Head}}"response":"A","thinking":"hm","done":true,"done_reason":"stop"{{Counts}}""");
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(2, ""","top_logprobs":[{"token":"h","logprob":-0.5,"bytes":[104]},{"token":"\"","logprob":-1.25,"bytes":[34]}]""")]
    public async Task Log_probabilities_come_with_their_text(int top, string alternatives)
    {
        var entry = $$"""{"token":"h","logprob":-0.5,"bytes":[104]{{alternatives}}}""";
        await AnswerAsync(OllamaAnswerShape.Chat, true, top, Samples.Logprobs, Samples.Content("i"), Samples.Finish, "[DONE]");

        AssertText($$$"""
            {{{Head}}}"message":{"role":"assistant","content":"h"},"done":false,"logprobs":[{{{entry}}}]}
            {{{Head}}}"message":{"role":"assistant","content":"i"},"done":false}
            {{{Head}}}"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":5000,"load_duration":700,"eval_count":2}

            """);
        _output.Clear();
        await AnswerAsync(OllamaAnswerShape.Generate, false, top, Samples.Logprobs, Samples.Logprobs, Samples.Finish, "[DONE]");

        AssertText($$"""{{Head}}"response":"hh","done":true,"done_reason":"stop","logprobs":[{{entry}},{{entry}}],"total_duration":5000,"load_duration":700,"eval_count":2}""");
    }

    [Fact]
    public async Task Log_probabilities_that_nobody_asked_for_are_left_out()
    {
        await AnswerAsync(OllamaAnswerShape.Generate, true, null, Samples.Logprobs, Samples.Finish, "[DONE]");

        Assert.DoesNotContain("logprob", Encoding.UTF8.GetString(_output.WrittenSpan));
    }

    [Fact]
    public async Task Tool_calls_are_joined_and_come_last()
    {
        await AnswerAsync(
            OllamaAnswerShape.Chat, true, null, Samples.ToolStart, Samples.ToolRest,
            """{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"q","type":"function","function":{"name":"now","arguments":""}}]}}]}""",
            """{"choices":[{"finish_reason":"tool_calls","index":0,"delta":{}}]}""", "[DONE]");

        AssertText($$$$"""
            {{{{Head}}}}"message":{"role":"assistant","content":"","tool_calls":[{"id":"abc123","function":{"index":0,"name":"get_weather","arguments":{"city":"Köln"}}},{"id":"q","function":{"index":1,"name":"now","arguments":{}}}]},"done":true,"done_reason":"stop","total_duration":5000,"load_duration":700}

            """);
    }

    [Fact]
    public async Task A_tool_call_without_an_id_gets_one()
    {
        await AnswerAsync(OllamaAnswerShape.Chat, false, null, """{"choices":[{"delta":{"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}}]}""", Samples.Finish, "[DONE]");

        Assert.Matches("""tool_calls":\[\{"id":"call_[a-z0-9]{8}","function":\{"index":0,"name":"f","arguments":\{\}\}\}\]""", Encoding.UTF8.GetString(_output.WrittenSpan));
    }

    [Fact]
    public async Task Arguments_written_over_several_lines_stay_on_the_answers_line()
    {
        await AnswerAsync(
            OllamaAnswerShape.Chat, true, null,
            """{"choices":[{"delta":{"tool_calls":[{"id":"i","function":{"name":"f","arguments":"{\n  \"a\": 1,\r\n  \"b\": \"x\\ny\"\n}"}}]}}]}""", Samples.Finish, "[DONE]");

        var lines = Encoding.UTF8.GetString(_output.WrittenSpan).Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"b\": \"x\\ny\"", lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{\\\"a\\\":")]
    [InlineData("5")]
    [InlineData("null")]
    public async Task Arguments_that_are_no_object_are_an_error(string arguments)
    {
        var refusal = await AnswerAsync(
            OllamaAnswerShape.Chat, true, null,
            $$$"""{"choices":[{"delta":{"tool_calls":[{"id":"i","function":{"name":"f","arguments":"{{{arguments}}}"}}]}}]}""", Samples.Finish, "[DONE]");

        Assert.Equal("an error was encountered while running the model: the model called tool 'f' with arguments that are not a JSON object", refusal);
        Assert.Equal(0, _output.WrittenCount);
    }

    [Fact]
    public async Task A_tool_call_cut_off_by_the_limit_is_left_out()
    {
        await AnswerAsync(OllamaAnswerShape.Chat, true, null, Samples.ToolStart, """{"choices":[{"finish_reason":"length","delta":{}}]}""", "[DONE]");

        AssertText($$$"""{{{Head}}}"message":{"role":"assistant","content":""},"done":true,"done_reason":"length","total_duration":5000,"load_duration":700}""" + "\n");
    }

    [Fact]
    public async Task A_duration_that_clients_divide_by_is_never_zero()
    {
        await AnswerAsync(OllamaAnswerShape.Generate, false, null, """{"content":"a","stop_type":"eos","timings":{"prompt_n":1,"prompt_ms":0,"predicted_n":1,"predicted_ms":0}}""");

        AssertText($$"""{{Head}}"response":"a","done":true,"done_reason":"stop","total_duration":5000,"load_duration":700,"prompt_eval_count":1,"eval_count":1,"eval_duration":1}""");
    }

    [Fact]
    public void An_error_line()
    {
        New(OllamaAnswerShape.Chat, true, null).Fail(new InferenceFailure.EngineFailed("it \"broke\"\n<ü>"));

        AssertText("""{"error":"it \"broke\"\n<ü>"}""" + "\n");
    }

    [Fact]
    public void The_models_name_is_quoted()
    {
        var answer = new OllamaAnswer(_output, OllamaAnswerShape.Generate, "a\"ü+\\", true, null, Time());
        answer.Accept(StreamEvent.Content("x"u8));

        AssertText("""{"model":"a\"ü+\\","created_at":"2026-11-22T17:47:52.05Z","response":"x","done":false}""" + "\n");
    }

    [Theory]
    [InlineData(0, "2026-11-22T17:47:52Z")]
    [InlineData(1, "2026-11-22T17:47:52.0000001Z")]
    [InlineData(1_234_500, "2026-11-22T17:47:52.12345Z")]
    [InlineData(9_999_999, "2026-11-22T17:47:52.9999999Z")]
    public void Time_stamps_have_no_trailing_zeros(int ticks, string expected)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 17, 47, 52, TimeSpan.Zero).AddTicks(ticks));
        var buffer = new byte[40];

        Assert.Equal(expected, OllamaTime.Created(time));
        Assert.Equal(expected, Encoding.ASCII.GetString(buffer, 0, new CreatedStamp(time).Write(buffer)));
    }

    [Fact]
    public void Times_of_models_are_in_the_servers_own_zone()
    {
        var moment = new DateTimeOffset(2026, 1, 2, 23, 4, 5, 600, TimeSpan.Zero);
        var time = new FakeTimeProvider();
        Assert.Equal("2026-01-02T23:04:05.6Z", OllamaTime.Local(moment, time));

        time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromMinutes(330), "east", "east"));
        Assert.Equal("2026-01-03T04:34:05.6+05:30", OllamaTime.Local(moment, time));
        Assert.Equal("9999-12-31T23:59:59.9999999Z", OllamaTime.Local(DateTimeOffset.MaxValue, time));
    }

    private static FakeTimeProvider Time() => new(new DateTimeOffset(2026, 11, 22, 17, 47, 52, 50, TimeSpan.Zero));

    private OllamaAnswer New(OllamaAnswerShape shape, bool streaming, int? topLogprobs) => new(_output, shape, "tiny", streaming, topLogprobs, Time());

    private async Task<string?> AnswerAsync(OllamaAnswerShape shape, bool streaming, int? topLogprobs, params string[] events)
    {
        var answer = New(shape, streaming, topLogprobs);
        await EngineStream.ReadAsync(ScriptedStream.Of(Samples.Body(events)), answer, _ => ValueTask.CompletedTask, TestContext.Current.CancellationToken);
        return answer.Complete(new AnswerTiming(5000, 700))?.Message;
    }

    private void AssertText(string expected) => Assert.Equal(expected, Encoding.UTF8.GetString(_output.WrittenSpan));
}
