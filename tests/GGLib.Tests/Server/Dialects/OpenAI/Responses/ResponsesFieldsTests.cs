using GGLib.Engine.Launching;
using GGLib.Server.Dialects.OpenAI.Responses;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

public class ResponsesFieldsTests
{
    [Fact]
    public void All_fields_are_read()
    {
        var request = ReadBody.Valid(
            """
            {"model":"m","input":"q","stream":true,"parallel_tool_calls":false,"max_output_tokens":7,"temperature":0.5,"top_p":0.25,"top_k":3,"seed":9,"top_logprobs":2,"include":["message.output_text.logprobs"],
             "reasoning":{"effort":"xhigh"},"prompt_cache_key":"k","truncation":"auto","keep_alive":"5m","cache_prompt":true,"client_metadata":{},"n":3,"messages":[]}
            """);
        Assert.True(request.Stream);
        Assert.False(request.ParallelToolCalls);
        Assert.Equal((7L, 3L, 9L), (request.Options.Integer("num_predict"), request.Options.Integer("top_k"), request.Options.Integer("seed")));
        Assert.Equal((0.5, 0.25), (request.Options.Float("temperature"), request.Options.Float("top_p")));
        Assert.Equal(2, request.TopLogprobs);
        Assert.Equal(new ThinkingRequest(null, "max"), request.Thinking);
        Assert.Equal("k", request.Session);
        Assert.True(request.Truncate);
        Assert.Equal(KeepAlive.For(TimeSpan.FromMinutes(5)), request.KeepAlive);
        Assert.Equal(["cache_prompt"], request.Forwarded.Select(static field => field.Name));
        Assert.Equal(1, request.ChoiceCount);
    }

    [Fact]
    public void Null_is_absent_everywhere()
    {
        var request = ReadBody.Valid(
            """
            {"model":"m","input":"q","stream":null,"parallel_tool_calls":null,"max_output_tokens":null,"temperature":null,"top_p":null,"top_logprobs":null,"include":null,"reasoning":null,"prompt_cache_key":null,
             "truncation":null,"keep_alive":null,"text":null,"tools":null,"tool_choice":null,"instructions":null,"metadata":null,"store":null,"user":null,"safety_identifier":null,"service_tier":null,
             "stream_options":null,"max_tool_calls":null,"previous_response_id":null,"background":null,"conversation":null,"prompt":null,"json_schema":null,"response_format":null}
            """);
        Assert.Equal("user \"q\"", ReadBody.Show(request));
        Assert.Null(request.Format);
        Assert.Null(request.Thinking);
        Assert.Null(request.TopLogprobs);
        Assert.Null(request.ParallelToolCalls);
        Assert.Null(request.Options.Integer("num_predict"));
        Assert.Empty(request.Forwarded);
    }

    [Theory]
    [InlineData("none", false, null)]
    [InlineData("minimal", null, "low")]
    [InlineData("low", null, "low")]
    [InlineData("medium", null, "medium")]
    [InlineData("high", null, "high")]
    [InlineData("max", null, "max")]
    public void Efforts(string effort, bool? enabled, string? level)
    {
        Assert.Equal(new ThinkingRequest(enabled, level), ReadBody.Valid($$$"""{"model":"m","input":"q","reasoning":{"effort":"{{{effort}}}"}}""").Thinking);
        Assert.Equal(new ThinkingRequest(enabled, level), ReadBody.Valid($$"""{"model":"m","input":"q","reasoning":{"summary":"auto"},"reasoning_effort":"{{effort}}"}""").Thinking);
    }

    [Theory]
    [InlineData(""" "text":{"format":{"type":"text"}} """, null)]
    [InlineData(""" "text":{"verbosity":"low"} """, null)]
    [InlineData(""" "text":{"format":{"type":"json_object"}} """, "any")]
    [InlineData(""" "text":{"format":{"type":"json_schema","name":"x","schema":{"type":"array"}}} """, """{"type":"array"}""")]
    [InlineData(""" "response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"array"}}} """, """{"type":"array"}""")]
    [InlineData(""" "response_format":{"type":"json_object"} """, "any")]
    [InlineData(""" "json_schema":{"type":"array"} """, """{"type":"array"}""")]
    [InlineData(""" "text":{"format":{"type":"json_schema","name":"x","schema":{"type":"array"}}},"json_schema":{"type":"object"} """, """{"type":"array"}""")]
    public void Formats(string field, string? expected)
    {
        var format = ReadBody.Valid($$$"""{"model":"m","input":"q",{{{field}}}}""").Format;
        Assert.Equal(expected, format is null ? null : format.Schema is { } schema ? schema.GetRawText() : "any");
    }

    [Theory]
    [InlineData("""{"input":"q"}""", "model", "missing_required_parameter", "Missing required parameter: 'model'.")]
    [InlineData("""{"model":"m"}""", "input", "missing_required_parameter", "Missing required parameter: 'input'.")]
    [InlineData("""{"model":"m","input":[]}""", "input", "invalid_value", "Invalid 'input': it contains no message for the model.")]
    [InlineData("""{"model":"m","input":7}""", "input", "invalid_type", "Invalid type for 'input': expected a string or an array of items, but got an integer instead.")]
    [InlineData("""{"model":7,"input":"q"}""", "model", "invalid_type", "Invalid type for 'model': expected a string, but got an integer instead.")]
    [InlineData("""{"model":"m","input":["q"]}""", "input[0]", "invalid_type", "Invalid type for 'input[0]': expected an object, but got a string instead.")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":"a"},{"role":"user","content":[{"type":"input_video"}]}]}""", "input[1].content[0].type", "invalid_value", "Invalid value: 'input_video'. Supported values are: 'input_text', 'input_image', 'input_audio', 'input_file', 'output_text', 'refusal', 'reasoning_text', and 'summary_text'.")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"type":"input_image"}]}]}""", "input[0].content[0].image_url", "missing_required_parameter", "Missing required parameter: 'input[0].content[0].image_url'.")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]}""", "input[0].content[0].file_id", null, "Images cannot be referenced by 'file_id': send them in 'image_url' as a data URL.")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":{}}]}""", "input[0].content", "invalid_type", "Invalid type for 'input[0].content': expected a string or an array of content parts, but got an object instead.")]
    [InlineData("""{"model":"m","input":[{"role":"robot","content":"a"}]}""", "input[0].role", "invalid_value", "Invalid value: 'robot'. Supported values are: 'assistant', 'system', 'developer', and 'user'.")]
    [InlineData("""{"model":"m","input":[{"type":"message","content":"a"}]}""", "input[0].role", "missing_required_parameter", "Missing required parameter: 'input[0].role'.")]
    [InlineData("""{"model":"m","input":[{"content":"a"}]}""", "input[0].type", "missing_required_parameter", "Missing required parameter: 'input[0].type'.")]
    [InlineData("""{"model":"m","input":[{"type":"function_call","call_id":"c"}]}""", "input[0].name", "missing_required_parameter", "Missing required parameter: 'input[0].name'.")]
    [InlineData("""{"model":"m","input":[{"type":"function_call_output","output":"x"}]}""", "input[0].call_id", "missing_required_parameter", "Missing required parameter: 'input[0].call_id'.")]
    [InlineData("""{"model":"m","input":"q","instructions":["a"]}""", "instructions", "invalid_type", "Invalid type for 'instructions': expected a string, but got an array instead.")]
    [InlineData("""{"model":"m","input":"q","stream":"yes"}""", "stream", "invalid_type", "Invalid type for 'stream': expected a boolean, but got a string instead.")]
    [InlineData("""{"model":"m","input":"q","max_output_tokens":0}""", "max_output_tokens", "integer_below_min_value", "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.")]
    [InlineData("""{"model":"m","input":"q","max_output_tokens":1.5}""", "max_output_tokens", "invalid_type", "Invalid type for 'max_output_tokens': expected an integer, but got a decimal number instead.")]
    [InlineData("""{"model":"m","input":"q","temperature":"hot"}""", "temperature", "invalid_type", "Invalid type for 'temperature': expected a decimal, but got a string instead.")]
    [InlineData("""{"model":"m","input":"q","top_logprobs":21}""", "top_logprobs", "integer_above_max_value", "Invalid 'top_logprobs': integer above maximum value. Expected a value <= 20, but got 21 instead.")]
    [InlineData("""{"model":"m","input":"q","include":[1]}""", "include[0]", "invalid_type", "Invalid type for 'include[0]': expected a string, but got an integer instead.")]
    [InlineData("""{"model":"m","input":"q","reasoning":{"effort":"huge"}}""", "reasoning.effort", "invalid_value", "Invalid value: 'huge'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.")]
    [InlineData("""{"model":"m","input":"q","reasoning":{"summary":"all"}}""", "reasoning.summary", "invalid_value", "Invalid value: 'all'. Supported values are: 'auto', 'concise', and 'detailed'.")]
    [InlineData("""{"model":"m","input":"q","truncation":"middle"}""", "truncation", "invalid_value", "Invalid value: 'middle'. Supported values are: 'auto' and 'disabled'.")]
    [InlineData("""{"model":"m","input":"q","text":{"format":{"type":"json_schema","name":"x"}}}""", "text.format.schema", "missing_required_parameter", "Missing required parameter: 'text.format.schema'.")]
    [InlineData("""{"model":"m","input":"q","text":{"format":{"type":"xml"}}}""", "text.format.type", "invalid_value", "Invalid value: 'xml'. Supported values are: 'text', 'json_object', and 'json_schema'.")]
    [InlineData("""{"model":"m","input":"q","tools":[{"name":"f"}]}""", "tools[0].type", "missing_required_parameter", "Missing required parameter: 'tools[0].type'.")]
    [InlineData("""{"model":"m","input":"q","tools":[{"type":"namespace","name":"n","tools":[{"type":"function"}]}]}""", "tools[0].tools[0].name", "missing_required_parameter", "Missing required parameter: 'tools[0].tools[0].name'.")]
    [InlineData("""{"model":"m","input":"q","previous_response_id":"resp_9"}""", "previous_response_id", "previous_response_not_found", "Previous response with id 'resp_9' not found.")]
    [InlineData("""{"model":"m","input":"q","background":true}""", "background", "unsupported_parameter", "Unsupported parameter: 'background' is not supported by this server: send the request without it and wait for the response.")]
    [InlineData("""{"model":"m","input":"q","conversation":{"id":"c"}}""", "conversation", "unsupported_parameter", "Unsupported parameter: 'conversation' is not supported by this server: send the items of the conversation in 'input'.")]
    [InlineData("""{"model":"m","prompt":{"id":"p"}}""", "prompt", "unsupported_parameter", "Unsupported parameter: 'prompt' is not supported by this server: prompt templates are stored at OpenAI. Send the text in 'instructions' and 'input'.")]
    [InlineData("""{"model":"m","input":"q","metadata":[]}""", "metadata", "invalid_type", "Invalid type for 'metadata': expected an object, but got an array instead.")]
    [InlineData("""{"model":"m","input":"q","keep_alive":"soon"}""", "keep_alive", null, "time: invalid duration \"soon\"")]
    [InlineData("""{"model":"m","input":"q","seed":"x"}""", null, null, "option \"seed\" must be of type integer")]
    [InlineData("[]", null, null, "We could not parse the JSON body of your request: it must be a JSON object.")]
    public void Invalid_requests_name_the_field_in_OpenAI_s_words(string body, string? parameter, string? code, string message)
    {
        var failure = ReadBody.Invalid(body);
        Assert.Equal((message, parameter, code), (failure.Message, failure.Parameter, failure.Code));
    }

    [Fact]
    public void Background_false_is_accepted() => ReadBody.Valid("""{"model":"m","input":"q","background":false,"store":false}""");

    [Theory]
    [InlineData("")]
    [InlineData("Hm \"é😀\"\n")]
    public void Thinking_survives_its_encoding(string thinking)
    {
        var encoded = System.Text.Encoding.ASCII.GetString(EncryptedThinking.Encode(GGLib.Server.Json.EscapedText.From(thinking)));
        Assert.DoesNotContain('"', encoded);
        Assert.Equal(thinking, EncryptedThinking.Decode(encoded));
    }
}
