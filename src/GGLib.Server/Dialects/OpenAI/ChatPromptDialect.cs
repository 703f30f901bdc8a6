using System.Buffers;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>
/// The prompt of a chat without an answer: its text (<c>POST /apply-template</c>) or the number of its tokens (<c>POST /v1/chat/completions/input_tokens</c>). The request is that of
/// <c>/v1/chat/completions</c>, and passes through the same preparation.
/// </summary>
internal sealed class ChatPromptDialect(TimeProvider time, bool countsTokens) : IDialect
{
    public string StreamType => "text/event-stream";

    public ReadRequest Read(HttpContext context, RequestBody body)
    {
        var read = ChatReader.Read(context, body);
        return read.IsValid ? read with { Request = read.Request with { RendersOnly = !countsTokens, CountsOnly = countsTokens, Stream = false } } : read;
    }

    public AnswerWriter CreateWriter(IBufferWriter<byte> output, ReadRequest request) =>
        new OpenAIChatAnswer(output, request.Request!.Model, streaming: false, includeUsage: false, time, ChatForm.Tools);

    public DialectError ErrorOf(InferenceFailure failure) => OpenAIErrors.Of(failure);

    public byte[] ComposeRendered(ReadRequest request, string prompt) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("prompt"u8, prompt);
        writer.WriteEndObject();
    });

    public byte[] ComposeCount(ReadRequest request, long tokens) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("input_tokens"u8, tokens);
        writer.WriteString("object"u8, "response.input_tokens"u8);
        writer.WriteEndObject();
    });
}
