using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using GGLib.Server.Dialects.Anthropic.Messages;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.Anthropic.Messages;

/// <summary>Feeds events to a <see cref="MessagesWriter"/> and returns what it wrote, with random ids replaced.</summary>
internal sealed partial class AnswerScript
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly MessagesWriter _writer;

    public AnswerScript(bool stream, params string[] stopSequences)
    {
        var stop = new ForwardedField("stop", JsonElement.Parse("[" + string.Join(',', stopSequences.Select(text => Encoding.UTF8.GetString(WireJson.Quote(text)))) + "]"));
        _writer = new(_output, new() { Model = "tiny", Stream = stream, Options = OllamaOptions.Of(stopSequences.Length == 0 ? [] : [stop], out _)! }, "req_1");
    }

    public MessagesWriter Writer => _writer;

    public string Raw => Encoding.UTF8.GetString(_output.WrittenSpan);

    /// <summary>What was written, with <c>msg_1</c> as the message's id and <c>toolu_new</c> for ids that were made for calls without one.</summary>
    public string Text => NewCallPattern().Replace(MessagePattern().Replace(Raw, "\"msg_1\""), "\"toolu_new\"");

    public AnswerScript Prompt(long tokens, long cached) => Accept(StreamEvent.Counted(new() { PromptTokens = tokens, CachedTokens = cached }));

    public AnswerScript Generated(long tokens) => Accept(StreamEvent.Counted(new() { GeneratedTokens = tokens }));

    public AnswerScript Say(string text) => Accept(StreamEvent.Content(EscapedText.From(text)));

    public AnswerScript Think(string text) => Accept(StreamEvent.Reasoning(EscapedText.From(text)));

    public AnswerScript Call(int index, string id, string name, string arguments) =>
        Accept(StreamEvent.ToolCall(index, EscapedText.From(id), EscapedText.From(name), EscapedText.From(arguments)));

    public AnswerScript Arguments(int index, string arguments) => Call(index, "", "", arguments);

    public AnswerScript Finish(FinishReason reason, string stop = "") => Accept(StreamEvent.Finished(reason, EscapedText.From(stop)));

    public AnswerScript Ping()
    {
        _writer.Ping();
        return this;
    }

    public AnswerScript Accept(scoped in StreamEvent piece)
    {
        _writer.Accept(piece);
        return this;
    }

    public string Complete()
    {
        Assert.Null(_writer.Complete(default));
        return Text;
    }

    public string Fail(InferenceFailure failure)
    {
        _writer.Fail(failure);
        return Text;
    }

    [GeneratedRegex("\"msg_[a-zA-Z0-9]{24}\"")]
    private static partial Regex MessagePattern();

    [GeneratedRegex("\"toolu_[a-zA-Z0-9]{24}\"")]
    private static partial Regex NewCallPattern();
}
