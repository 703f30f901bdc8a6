using System.Buffers;
using System.Text;
using System.Text.Json;
using GGLib.Server.Dialects.OpenAI.Responses;
using GGLib.Server.Failures;
using GGLib.Server.Streaming;
using Microsoft.Extensions.Time.Testing;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

/// <summary>Writes an answer to a request, with ids and times that are always the same.</summary>
internal sealed class WrittenAnswer
{
    /// <summary>The fields that every response to <c>{"model":"m","input":"hi"}</c> repeats.</summary>
    public const string Echo =
        """
        "instructions":null,"max_output_tokens":null,"max_tool_calls":null,"model":"m","parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,"reasoning":{"effort":null,"summary":null},"safety_identifier":null,"service_tier":"default","store":true,"temperature":null,"text":{"format":{"type":"text"},"verbosity":"medium"},"tool_choice":"auto","tools":[],"top_logprobs":0,"top_p":null,"truncation":"disabled","user":null,"metadata":{}
        """;

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ResponsesWriter _writer;

    public WrittenAnswer(string request, string stem = "0")
    {
        using var body = JsonDocument.Parse(request);
        var read = ResponsesReader.Read(body.RootElement, Store);
        Assert.Null(read.Failure);
        _writer = new(_output, (ResponsesEcho)read.Echo!, read.Request!.Stream, read.Request.TopLogprobs, new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1767323045)), new(stem), Store);
    }

    /// <summary>Where the answer is stored.</summary>
    public ResponseStore Store { get; } = new(100, 1 << 20);

    public ResponsesWriter Writer => _writer;

    /// <summary>Everything written so far.</summary>
    public string Text => Encoding.UTF8.GetString(_output.WrittenSpan);

    /// <summary>The bytes written so far.</summary>
    public int Length => _output.WrittenCount;

    public WrittenAnswer Begin()
    {
        _writer.Begin();
        return this;
    }

    public WrittenAnswer Reasoning(string escaped)
    {
        _writer.Accept(StreamEvent.Reasoning(Encoding.UTF8.GetBytes(escaped)));
        return this;
    }

    public WrittenAnswer Content(string escaped)
    {
        _writer.Accept(StreamEvent.Content(Encoding.UTF8.GetBytes(escaped)));
        return this;
    }

    public WrittenAnswer Call(int index, string id, string name, string escapedArguments)
    {
        _writer.Accept(StreamEvent.ToolCall(index, Encoding.UTF8.GetBytes(id), Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(escapedArguments)));
        return this;
    }

    public WrittenAnswer Logprobs(string json)
    {
        _writer.Accept(StreamEvent.Logprobs(Encoding.UTF8.GetBytes(json)));
        return this;
    }

    public WrittenAnswer Finish(FinishReason reason, long prompt = 10, long cached = 4, long generated = 3)
    {
        _writer.Accept(StreamEvent.Finished(reason));
        _writer.Accept(StreamEvent.Counted(new() { PromptTokens = prompt, CachedTokens = cached, GeneratedTokens = generated }));
        Assert.Null(_writer.Complete(default));
        return this;
    }

    public WrittenAnswer Fail(InferenceFailure failure)
    {
        _writer.Fail(failure);
        return this;
    }

    /// <summary>The data of the events, in order.</summary>
    public List<JsonElement> Events()
    {
        var events = new List<JsonElement>();
        foreach (var text in Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (text.StartsWith(':'))
            {
                continue;
            }

            var lines = text.Split('\n');
            Assert.Equal(2, lines.Length);
            using var data = JsonDocument.Parse(lines[1]["data: ".Length..]);
            Assert.Equal($"event: {data.RootElement.GetProperty("type").GetString()}", lines[0]);
            Assert.Equal(events.Count, data.RootElement.GetProperty("sequence_number").GetInt32());
            events.Add(data.RootElement.Clone());
        }

        return events;
    }

    /// <summary>The response object: the whole answer, or that of the stream's last event.</summary>
    public JsonElement Response()
    {
        if (Text.StartsWith('{'))
        {
            using var whole = JsonDocument.Parse(Text);
            return whole.RootElement.Clone();
        }

        return Events()[^1].GetProperty("response");
    }
}
