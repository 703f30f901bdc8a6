using System.Text;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.EngineRequests;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.EngineRequests;

/// <summary>The exact JSON that the engine is sent.</summary>
public sealed class EngineRequestTests
{
    private const string Head = """{"stream":true,"stream_options":{"include_usage":true},"messages":""";
    private const string Hi = """[{"role":"user","content":"hi"}]""";
    private const string Defaults = "\"n_predict\":-1,\"top_p\":0.9,\"min_p\":0,";
    private const string Tail = "\"cache_prompt\":true}";

    [Theory]
    [InlineData("{}", Defaults)]
    [InlineData("""{"num_predict":7}""", "\"n_predict\":7,\"top_p\":0.9,\"min_p\":0,")]
    [InlineData("""{"num_predict":0}""", Defaults)]
    [InlineData("""{"num_predict":-1}""", Defaults)]
    [InlineData("""{"num_predict":-2}""", Defaults)]
    [InlineData("""{"num_predict":1e12}""", "\"n_predict\":2147483647,\"top_p\":0.9,\"min_p\":0,")]
    [InlineData("""{"top_p":1,"min_p":0.05}""", "\"n_predict\":-1,\"top_p\":1,\"min_p\":0.05,")]
    [InlineData("""{"temperature":0,"typical_p":0.5,"presence_penalty":-1.5,"frequency_penalty":2}""", Defaults + "\"temperature\":0,\"typical_p\":0.5,\"presence_penalty\":-1.5,\"frequency_penalty\":2,")]
    [InlineData("""{"repeat_penalty":1.1}""", Defaults + "\"repeat_penalty\":1.1,")]
    [InlineData("""{"repeat_penalty":0}""", Defaults + "\"repeat_penalty\":1,")]
    [InlineData("""{"repeat_penalty":-3}""", Defaults + "\"repeat_penalty\":1,")]
    [InlineData("""{"repeat_last_n":-1}""", Defaults + "\"repeat_last_n\":2048,")]
    [InlineData("""{"repeat_last_n":-2}""", Defaults + "\"repeat_last_n\":0,")]
    [InlineData("""{"repeat_last_n":0}""", Defaults + "\"repeat_last_n\":0,")]
    [InlineData("""{"repeat_last_n":64}""", Defaults + "\"repeat_last_n\":64,")]
    [InlineData("""{"num_keep":-9}""", Defaults + "\"n_keep\":-1,")]
    [InlineData("""{"num_keep":4}""", Defaults + "\"n_keep\":4,")]
    [InlineData("""{"top_k":1.9,"seed":-1.5}""", Defaults + "\"top_k\":1,\"seed\":-1,")]
    [InlineData("""{"stop":["a","\"ü"]}""", Defaults + "\"stop\":[\"a\",\"\\\"ü\"],")]
    [InlineData("""{"stop":[]}""", Defaults)]
    [InlineData("""{"mirostat":2,"tfs_z":1,"num_gpu":1,"use_mmap":true,"num_thread":4,"temperature":null,"Temperature":5}""", Defaults)]
    public void Options(string options, string expected) => Assert.Equal(Head + Hi + "," + expected + Tail, Chat($$"""{"messages":{{Hi}},"options":{{options}}}"""));

    [Theory]
    [InlineData(Hi, Hi)]
    [InlineData("""[{"content":"a"},{"role":"SYSTEM"}]""", """[{"role":"user","content":"a"},{"role":"system","content":""}]""")]
    [InlineData(
        """[{"role":"assistant","thinking":"hm","tool_calls":[{"id":"x1","function":{"name":"f","arguments":{"b":1,"a":"ü"}}},{"function":{"name":"g"}}]},{"role":"tool","tool_name":"g","content":"2"},{"role":"tool","tool_call_id":"x1","content":"1"}]""",
        """[{"role":"assistant","content":"","reasoning_content":"hm","tool_calls":[{"id":"x1","type":"function","function":{"name":"f","arguments":"{\"b\":1,\"a\":\"ü\"}"}},{"id":"call_1","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","content":"2","name":"g","tool_call_id":"call_1"},{"role":"tool","content":"1","tool_call_id":"x1"}]""")]
    [InlineData(
        """[{"role":"assistant","tool_calls":[{"function":{"name":"f"}},{"function":{"name":"f"}}]},{"role":"tool","content":"1"},{"role":"tool","content":"2"},{"role":"tool","content":"3"}]""",
        """[{"role":"assistant","content":"","tool_calls":[{"id":"call_0","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","content":"1","name":"f","tool_call_id":"call_0"},{"role":"tool","content":"2","name":"f","tool_call_id":"call_1"},{"role":"tool","content":"3"}]""")]
    [InlineData(
        """[{"role":"user","content":"","images":["R0lGODlh","Qk0AAA==","AAAA"]}]""",
        """[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlh"}},{"type":"image_url","image_url":{"url":"data:image/bmp;base64,Qk0AAA=="}},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]""")]
    [InlineData(
        """[{"role":"user","content":"see","images":["iVBORw0KGgo=","/9j/4A==","UklGRgAAAABXQVZF","SUQzBA=="]}]""",
        """[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/4A=="}},{"type":"input_audio","input_audio":{"data":"UklGRgAAAABXQVZF","format":"wav"}},{"type":"input_audio","input_audio":{"data":"SUQzBA==","format":"mp3"}}]}]""")]
    [InlineData("""[{"images":["//uQAA=="]}]""", """[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"//uQAA==","format":"mp3"}}]}]""")]
    [InlineData("""[{"images":["iVBO\r\nRw0KGgo="]}]""", """[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}]""")]
    public void Messages(string messages, string expected) => Assert.Equal(Head + expected + "," + Defaults + Tail, Chat($$"""{"messages":{{messages}}}"""));

    [Theory]
    [InlineData("", """{"enable_thinking":true}""")]
    [InlineData("\"think\":null,", """{"enable_thinking":true}""")]
    [InlineData("\"think\":true,", """{"enable_thinking":true}""")]
    [InlineData("\"think\":false,", """{"enable_thinking":false}""")]
    [InlineData("\"think\":\"max\",", """{"enable_thinking":true,"reasoning_effort":"max"}""")]
    public void Thinking(string think, string expected)
    {
        var body = $$"""{{{think}}"messages":{{Hi}}}""";

        Assert.Equal(Head + Hi + ",\"chat_template_kwargs\":" + expected + "," + Defaults + Tail, Chat(body, "enable_thinking"));
        Assert.Equal(Head + Hi + "," + Defaults + Tail, Chat(body));
    }

    [Theory]
    [InlineData("\"json\"", """{"type":"json_object"}""")]
    [InlineData("""{"type":"object","x":[1.0]}""", """{"type":"json_schema","json_schema":{"name":"schema","schema":{"type":"object","x":[1.0]}}}""")]
    public void Format(string format, string expected) =>
        Assert.Equal(Head + Hi + ",\"response_format\":" + expected + "," + Defaults + Tail, Chat($$"""{"messages":{{Hi}},"format":{{format}}}"""));

    [Theory]
    [InlineData("\"logprobs\":true", "\"logprobs\":true,\"top_logprobs\":1,")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":5", "\"logprobs\":true,\"top_logprobs\":5,")]
    [InlineData("\"top_logprobs\":5", "")]
    public void Log_probabilities(string fields, string expected) =>
        Assert.Equal(Head + Hi + "," + expected + Defaults + Tail, Chat($$"""{"messages":{{Hi}},{{fields}}}"""));

    [Fact]
    public void Tools_keep_every_keyword_of_their_schemas()
    {
        const string Tools = """[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string","default":"1","x":[1.0]}},"additionalProperties":false}}}]""";

        Assert.Equal(Head + Hi + ",\"tools\":" + Tools + "," + Defaults + Tail, Chat($$"""{"messages":{{Hi}},"tools":{{Tools}}}"""));
        Assert.Equal(Head + Hi + "," + Defaults + Tail, Chat($$"""{"messages":{{Hi}},"tools":[]}"""));
    }

    [Fact]
    public void Tools_lose_what_typed_clients_leave_empty()
    {
        const string Given = """[{"type":"function","function":{"name":"f","description":null,"parameters":{"type":"object","properties":{"enum":{"type":"string","enum":null,"items":null},"b":{"enum":[],"default":null}},"required":[]}}}]""";
        const string Sent = """[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"enum":{"type":"string"},"b":{"default":null}},"required":[]}}}]""";

        Assert.Equal(Head + Hi + ",\"tools\":" + Sent + "," + Defaults + Tail, Chat($$"""{"messages":{{Hi}},"tools":{{Given}}}"""));
    }

    [Fact]
    public void Tools_with_log_probabilities_are_asked_for_as_one_object()
    {
        const string Tools = """[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}}}]""";
        const string Begun = """[{"role":"user","content":"hi"},{"role":"assistant","content":"I"}]""";

        Assert.Equal("{\"stream\":false,\"messages\":" + Hi + ",\"tools\":" + Tools + ",\"logprobs\":true,\"top_logprobs\":2," + Defaults + Tail, Chat($$"""{"messages":{{Hi}},"tools":{{Tools}},"logprobs":true,"top_logprobs":2}"""));
        // Whole, the engine's answer would repeat the beginning that the client wrote.
        Assert.Equal(Head + Begun + ",\"tools\":" + Tools + "," + Defaults + Tail, Chat($$"""{"messages":{{Begun}},"tools":{{Tools}},"logprobs":true}"""));
    }

    [Fact]
    public void A_chat_to_render_has_no_thinking()
    {
        Assert.Equal(
            "{\"messages\":" + Hi + ",\"chat_template_kwargs\":{\"enable_thinking\":false}}",
            Encoding.UTF8.GetString(ChatBody.ComposeUnthinking(new InferenceRequest { Model = "m", Thinking = new(true, "high") }, [ChatMessage.Of("user", "hi")], thinkingSwitch: null)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\"format\":\"json\"", "\"json_schema\":{\"type\":\"object\"},")]
    [InlineData("\"format\":{\"type\":\"string\"}", "\"json_schema\":{\"type\":\"string\"},")]
    [InlineData("\"logprobs\":true", "\"n_probs\":1,")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":3", "\"n_probs\":3,")]
    public void Raw_prompts_and_gaps(string fields, string expected)
    {
        using var body = TestBody.Of($$"""{"model":"m","prompt":"a"{{(fields.Length > 0 ? "," : "")}}{{fields}}}""");
        var request = GenerateReader.Read(body).Request!;

        Assert.Equal("{\"prompt\":\"a\\n\",\"stream\":true," + expected + Defaults + Tail, Encoding.UTF8.GetString(CompletionBody.Of("a\n", request, 2048)));
        Assert.Equal("{\"input_prefix\":\"a\",\"input_suffix\":\"b\",\"stream\":true," + expected + Defaults + Tail, Encoding.UTF8.GetString(CompletionBody.OfGap("a", "b", request, 2048)));
    }

    [Theory]
    [InlineData("UklGRgAAAABXRUJQ", true, false)]
    [InlineData("UklGRgAAAABXQVZF", false, true)]
    [InlineData("SUQzBA==", false, true)]
    [InlineData("//uQAA==", false, true)]
    [InlineData("ZkxhQwAA", true, true)]
    [InlineData("T2dnUwAA", true, true)]
    [InlineData("/9j/4A==", false, false)]
    [InlineData("iVBORw0KGgo=", false, false)]
    [InlineData("", false, false)]
    public void Files_are_told_by_their_first_bytes(string base64, bool refused, bool isAudio)
    {
        var file = Convert.FromBase64String(base64);

        Assert.Equal((refused, isAudio), (MediaFile.Refusal(file) is not null, MediaFile.IsAudio(file)));
    }

    [Fact]
    public void A_template_with_another_name_for_its_switch_is_spoken_to_by_it() =>
        Assert.Contains(
            """
            "chat_template_kwargs":{"thinking":false}
            """.Trim(),
            Chat("""{"model":"m","messages":[{"role":"user","content":"hi"}],"think":false}""", "thinking"),
            StringComparison.Ordinal);

    private static string Chat(string body, string? thinkingSwitch = null)
    {
        using var read = TestBody.Of(body.StartsWith("{\"model\"", StringComparison.Ordinal) ? body : "{\"model\":\"m\"," + body[1..]);
        var request = ChatReader.Read(read).Request!;
        var isWhole = request is { Tools.Count: > 0, TopLogprobs: not null } && request.Messages is not [.., { Role: "assistant" }];
        return Encoding.UTF8.GetString(ChatBody.Compose(request, request.Messages, new ChatShape
        {
            ContextLength = 2048,
            Stream = !isWhole,
            IncludeUsage = true,
            Logprobs = request.Tools.Count == 0 || isWhole,
            ThinkingSwitch = thinkingSwitch,
        }));
    }
}
