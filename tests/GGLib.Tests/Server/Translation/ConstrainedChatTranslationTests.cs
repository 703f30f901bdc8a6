using System.Text;
using System.Text.Json;

namespace GGLib.Tests.Server.Translation;

/// <summary>An OpenAI chat with a schema as what the engine's other endpoints take.</summary>
public sealed class ConstrainedChatTranslationTests
{
    private const string Hi = """[{"role":"user","content":"hi"}]""";
    private const string Format = "\"response_format\":{\"type\":\"json_object\"}";

    [Theory]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", "{\"type\":\"object\"}")]
    [InlineData("\"response_format\":{\"type\":\"json_object\",\"schema\":{\"x\":1.0}}", "{\"x\":1.0}")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"string\"}}}", "{\"type\":\"string\"}")]
    [InlineData("\"json_schema\":{\"type\":\"null\"}", "{\"type\":\"null\"}")]
    public void The_schema(string given, string schema) =>
        Assert.Equal($$"""{"prompt":"p\n","stream":true,"json_schema":{{schema}}}""", Completion($$"""{"model":"m","messages":{{Hi}},{{given}}}"""));

    [Theory]
    [InlineData("\"max_tokens\":5", ",\"n_predict\":5")]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":6", ",\"n_predict\":6")]
    [InlineData("\"max_tokens\":5,\"n_predict\":-1", ",\"n_predict\":-1")]
    [InlineData("\"max_tokens\":null", "")]
    [InlineData("\"logprobs\":true", ",\"n_probs\":1")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":3", ",\"n_probs\":3")]
    [InlineData("\"logprobs\":false", "")]
    [InlineData("\"temperature\":0.0,\"seed\":1,\"stop\":[\"x\"],\"min_p\":0.1", ",\"temperature\":0.0,\"seed\":1,\"stop\":[\"x\"],\"min_p\":0.1")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":true},\"n\":1,\"tools\":[],\"tool_choice\":\"auto\",\"keep_alive\":5,\"grammar\":\"x\",\"prompt\":\"x\"", "")]
    public void Fields(string given, string sent) =>
        Assert.Equal("{\"prompt\":\"p\\n\",\"stream\":true,\"json_schema\":{\"type\":\"object\"}" + sent + "}", Completion($$"""{"model":"m","messages":{{Hi}},{{Format}},{{given}}}"""));

    [Theory]
    [InlineData("", "{\"enable_thinking\":false}")]
    [InlineData(",\"chat_template_kwargs\":{\"enable_thinking\":true,\"a\":1}", "{\"a\":1,\"enable_thinking\":false}")]
    public void The_chat_to_render(string given, string arguments)
    {
        using var request = JsonDocument.Parse($$"""{"model":"m","messages":{{Hi}},{{Format}}{{given}}}""");

        Assert.Equal($$"""{"messages":{{Hi}},"chat_template_kwargs":{{arguments}}}""", Encoding.UTF8.GetString(ConstrainedChatTranslation.Template(request.RootElement)));
    }

    [Theory]
    [InlineData("\"messages\":[{\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}]," + Format, true)]
    [InlineData("\"messages\":[{\"content\":null}],\"tools\":[]," + Format, true)]
    [InlineData("\"messages\":[{\"content\":[{\"type\":\"image_url\"}]}]," + Format, false)]
    [InlineData("\"messages\":[],\"tools\":[{}]," + Format, false)]
    [InlineData("\"messages\":[],\"response_format\":{\"type\":\"text\"}", false)]
    [InlineData("\"messages\":[]", false)]
    [InlineData(Format, false)]
    public void When_this_way_is_open(string given, bool expected)
    {
        using var request = JsonDocument.Parse($$"""{{{given}}}""");

        Assert.Equal(expected, ConstrainedChatTranslation.Applies(request.RootElement));
    }

    private static string Completion(string request)
    {
        using var document = JsonDocument.Parse(request);
        return Encoding.UTF8.GetString(ConstrainedChatTranslation.Completion(document.RootElement, "p\n"));
    }
}
