using System.Text.Json;
using GGLib.Engine.Launching;
using GGLib.Server.Dialects.Anthropic.Messages;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Dialects.Anthropic.Messages;

/// <summary>The fields of <c>POST /v1/messages</c> besides the conversation.</summary>
public sealed class MessagesReaderTests
{
    [Fact]
    public void Sampling_fields_become_options()
    {
        var options = RequestText.With("\"temperature\":0.5,\"top_p\":0.9,\"top_k\":7,\"stop_sequences\":[\"a\",\"b\"],\"min_p\":0.1,\"seed\":3,\"repeat_penalty\":1.2").Options;

        Assert.Equal((5L, 0.5, 0.9, 7L), (options.Integer("num_predict"), options.Float("temperature"), options.Float("top_p"), options.Integer("top_k")));
        Assert.Equal((0.1, 3L, 1.2), (options.Float("min_p"), options.Integer("seed"), options.Float("repeat_penalty")));
        Assert.Equal(["a", "b"], options.Stop!);
    }

    [Fact]
    public void Null_is_absent()
    {
        var request = RequestText.With("""
            "temperature":null,"top_p":null,"top_k":null,"stop_sequences":null,"stream":null,"system":null,"tools":null,"tool_choice":null,"thinking":null,"output_config":null,"output_format":null,
            "metadata":null,"thread":null,"container":null,"mcp_servers":null,"service_tier":null,"cache_control":null,"keep_alive":null,"min_p":null,"grammar":null
            """);

        Assert.Equal(
            JsonSerializerText(new InferenceRequest { Model = "tiny", Messages = request.Messages, Options = request.Options, Tools = request.Tools, ToolChoice = request.ToolChoice, Thinking = request.Thinking, Forwarded = request.Forwarded }),
            JsonSerializerText(request));
        Assert.Empty(request.Tools);
        Assert.Empty(request.Forwarded);
        Assert.Null(request.Options.Float("temperature"));
        Assert.Null(request.Options.Stop);

        static string JsonSerializerText(InferenceRequest value) => value.ToString();
    }

    [Fact]
    public void Fields_of_the_engine_are_forwarded_and_Anthropics_are_not()
    {
        var request = RequestText.With("""
            "chat_template_kwargs":{"enable_thinking":false},"grammar":"root ::= \"a\"","dry_multiplier":0.5,"cache_control":{"type":"ephemeral"},"container":"c","context_management":{"edits":[]},
            "mcp_servers":[],"service_tier":"auto","inference_geo":"eu","anthropic_beta":["x"],"betas":["x"],"anthropic_version":"v","diagnostics":{},"speed":"fast","n":4,"stream_options":{}
            """);

        Assert.Equal(["chat_template_kwargs", "grammar", "dry_multiplier"], request.Forwarded.Select(field => field.Name));
        Assert.Equal("{\"enable_thinking\":false}", request.Forwarded[0].Value.GetRawText());
    }

    [Theory]
    [InlineData("\"stream\":true", true)]
    [InlineData("\"stream\":false", false)]
    [InlineData("\"x\":0", false)]
    public void Stream_is_read(string fields, bool expected) => Assert.Equal(expected, RequestText.With(fields).Stream);

    [Theory]
    [InlineData("{\"type\":\"enabled\",\"budget_tokens\":2048}", null, true, null, 2048)]
    [InlineData("{\"type\":\"enabled\"}", "\"low\"", true, "low", null)]
    [InlineData("{\"type\":\"enabled\",\"budget_tokens\":null,\"display\":\"omitted\"}", "null", true, null, null)]
    [InlineData("{\"type\":\"disabled\"}", "\"high\"", false, null, null)]
    [InlineData("{\"type\":\"between_tools\"}", null, false, null, null)]
    [InlineData("{\"type\":\"adaptive\"}", "\"medium\"", null, "medium", null)]
    [InlineData("{\"type\":\"adaptive\"}", "\"xhigh\"", null, "high", null)]
    [InlineData("{\"type\":\"adaptive\"}", "\"max\"", null, "max", null)]
    public void Thinking_is_asked_for_and_not_demanded(string thinking, string? effort, bool? enabled, string? level, int? budget) =>
        Assert.Equal(
            new ThinkingRequest(enabled, level, budget) { IsDemanded = false },
            RequestText.With($"\"thinking\":{thinking}" + (effort is null ? "" : $$""","output_config":{"effort":{{effort}}}""")).Thinking);

    [Fact]
    public void The_template_decides_about_adaptive_thinking() => Assert.Null(RequestText.With("\"thinking\":{\"type\":\"adaptive\"}").Thinking);

    [Theory]
    [InlineData("\"thinking\":null")]
    [InlineData("\"output_config\":{}")]
    [InlineData("\"output_config\":{\"effort\":\"low\"}")]
    public void Without_the_field_there_is_no_thinking(string fields) => Assert.Equal(new ThinkingRequest(false) { IsDemanded = false, IsDefault = true }, RequestText.With(fields).Thinking);

    [Theory]
    [InlineData("\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}")]
    [InlineData("\"output_format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}")]
    [InlineData("\"output_config\":{\"format\":null},\"output_format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}")]
    public void A_schema_is_the_format_of_the_answer(string fields) => Assert.Equal("{\"type\":\"object\"}", RequestText.With(fields).Format!.Schema!.Value.GetRawText());

    [Theory]
    [InlineData("user_1", "user_1")]
    [InlineData("", null)]
    [InlineData("user_0a_account__session_5f7b2a00-0000-4000-8000-000000000001", "5f7b2a00-0000-4000-8000-000000000001")]
    [InlineData("{\\\"device_id\\\":\\\"d\\\",\\\"session_id\\\":\\\"s-1\\\"}", "s-1")]
    [InlineData("{\\\"session_id\\\":", "{\"session_id\":")]
    public void The_user_id_names_the_session(string user, string? expected)
    {
        const string body = """{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"hi"}],"metadata":{"user_id":"@"}}""";
        Assert.Equal(expected, RequestText.Read(body.Replace("@", user, StringComparison.Ordinal)).Session);
        Assert.Equal("header", RequestText.Read(body.Replace("@", user, StringComparison.Ordinal), session: "header").Session);
    }

    [Fact]
    public void Keep_alive_is_read()
    {
        Assert.Equal(KeepAlive.For(TimeSpan.FromMinutes(10)), RequestText.With("\"keep_alive\":\"10m\"").KeepAlive);
        Assert.Equal(KeepAlive.Forever, RequestText.With("\"keep_alive\":-1").KeepAlive);
        Assert.Equal("time: invalid duration \"x\"", RequestText.ErrorWith("\"keep_alive\":\"x\"").Message);
    }

    [Fact]
    public void A_count_needs_no_limit_and_ignores_one()
    {
        var request = RequestText.Read("""{"model":"tiny","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"x"}]}""", countsTokens: true);
        Assert.Null(request.Options.Integer("num_predict"));
        Assert.False(request.Stream);
        Assert.Equal("tiny", RequestText.Read("""{"model":"tiny","messages":[{"role":"user","content":"x"}]}""", countsTokens: true).Model);
    }

    [Theory]
    [InlineData("""{"max_tokens":4,"messages":[{"role":"user","content":"x"}]}""", "model is required", "model")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":"x"}]}""", "max_tokens is required and must be positive", "max_tokens")]
    [InlineData("""{"model":"tiny","max_tokens":0,"messages":[{"role":"user","content":"x"}]}""", "max_tokens is required and must be positive", "max_tokens")]
    [InlineData("""{"model":"tiny","max_tokens":"4","messages":[{"role":"user","content":"x"}]}""", "max_tokens is required and must be positive", "max_tokens")]
    [InlineData("""{"model":"tiny","max_tokens":4}""", "messages is required", "messages")]
    [InlineData("""{"model":"tiny","max_tokens":4,"messages":[]}""", "messages is required", "messages")]
    [InlineData("""{"model":"tiny","max_tokens":4,"messages":"x"}""", "messages: must be an array", "messages")]
    [InlineData("""{"model":1,"max_tokens":4,"messages":[]}""", "model: must be a string", "model")]
    [InlineData("[]", "the request body must be a JSON object", null)]
    public void What_is_missing_is_named(string body, string error, string? parameter)
    {
        var failure = RequestText.Error(body);

        Assert.Equal((error, parameter), (failure.Message, failure.Parameter));
    }

    [Theory]
    [InlineData("\"stream\":1", "stream: must be true or false")]
    [InlineData("\"temperature\":\"hot\"", "temperature: must be a number")]
    [InlineData("\"seed\":\"x\"", "option \"seed\" must be of type integer")]
    [InlineData("\"stop_sequences\":\"x\"", "stop_sequences: must be an array")]
    [InlineData("\"stop_sequences\":[\"x\",1]", "stop_sequences.1: must be a string")]
    [InlineData("\"stop_sequences\":[\"x\",\" \\n\"]", "stop_sequences.1: each stop sequence must contain non-whitespace")]
    [InlineData("\"thinking\":true", "thinking: must be an object")]
    [InlineData("\"thinking\":{}", "thinking.type: is required")]
    [InlineData("\"thinking\":{\"type\":\"auto\"}", "thinking.type: 'auto' is not supported; use 'enabled', 'disabled' or 'adaptive'")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":0}", "thinking.budget_tokens: must be a positive number")]
    [InlineData("\"output_config\":{\"effort\":\"huge\"}", "output_config.effort: 'huge' is not supported; use 'low', 'medium', 'high', 'xhigh' or 'max'")]
    [InlineData("\"output_config\":{\"format\":{\"type\":\"text\"}}", "output_config.format.type: 'text' is not supported; use 'json_schema'")]
    [InlineData("\"output_format\":{\"type\":\"json_schema\"}", "output_format.schema: must be a JSON schema")]
    [InlineData("\"metadata\":{\"user_id\":1}", "metadata.user_id: must be a string")]
    public void A_wrong_value_is_named(string fields, string error) => Assert.Equal(error, RequestText.ErrorWith(fields).Message);

    [Theory]
    [InlineData("{\"type\":\"create\"}")]
    [InlineData("{\"type\":\"continue\",\"previous_message_id\":\"msg_1\"}")]
    public void A_thread_is_rejected_so_that_clients_send_the_whole_conversation(string thread)
    {
        foreach (var counts in (bool[])[false, true])
        {
            var failure = MessagesReader.Read(JsonElement.Parse($$"""{"model":"tiny","thread":{{thread}}}"""), null, counts).Failure;

            Assert.Equal(
                new GGLib.Server.Failures.InferenceFailure.InvalidRequest("thread: threads are not supported; send the whole conversation in 'messages'", "thread", "thread_unsupported_request"), failure);
        }
    }
}
