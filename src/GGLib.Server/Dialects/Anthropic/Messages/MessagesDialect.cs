using System.Buffers;
using GGLib.Server.Failures;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary><c>POST /v1/messages</c> and <c>POST /v1/messages/count_tokens</c>.</summary>
/// <param name="countsTokens">Whether the prompt's tokens are only counted.</param>
internal sealed class MessagesDialect(bool countsTokens) : IDialect
{
    private const string SessionHeader = "X-Claude-Code-Session-Id";

    public string StreamType => "text/event-stream";

    public bool NeedsPromptCounts => true;

    public bool NeedsStopSequence => true;

    public bool Pings => true;

    public ReadRequest Read(HttpContext context, RequestBody body)
    {
        var read = MessagesReader.Read(body.Json, context.Request.Headers[SessionHeader].ToString(), countsTokens);
        return read.IsValid ? read with { Request = read.Request with { CountsOnly = countsTokens, KeepAlive = KeepAliveHeader.Of(context, read.Request.KeepAlive) }, Echo = AnthropicRequestId.Of(context) } : read;
    }

    public byte[] ComposeCount(ReadRequest request, long tokens) => CountTokensReply.Compose(tokens);

    public AnswerWriter CreateWriter(IBufferWriter<byte> output, ReadRequest request) =>
        new MessagesWriter(output, request.Request!, request.Echo as string ?? AnthropicRequestId.New());

    public DialectError ErrorOf(InferenceFailure failure) => AnthropicErrors.Of(failure);
}
