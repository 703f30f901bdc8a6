using System.Buffers;
using GGLib.Server.Failures;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary><c>POST /v1/responses</c> and <c>POST /v1/responses/input_tokens</c>.</summary>
/// <param name="store">The responses that requests continue and that are kept for later ones.</param>
/// <param name="time">The clock of <c>created_at</c>.</param>
/// <param name="countsTokens">Whether the prompt's tokens are only counted.</param>
internal sealed class ResponsesDialect(ResponseStore store, TimeProvider time, bool countsTokens = false) : IDialect
{
    public string StreamType => "text/event-stream";

    public bool Pings => true;

    public ReadRequest Read(HttpContext context, RequestBody body)
    {
        var read = ResponsesReader.Read(body.Json, store, countsTokens);
        return read.IsValid ? read with { Request = read.Request with { CountsOnly = countsTokens, KeepAlive = KeepAliveHeader.Of(context, read.Request.KeepAlive) } } : read;
    }

    public byte[] ComposeCount(ReadRequest request, long tokens) => InputTokensReply.Compose(tokens);

    public AnswerWriter CreateWriter(IBufferWriter<byte> output, ReadRequest request) =>
        new ResponsesWriter(output, (ResponsesEcho)request.Echo!, request.Request!.Stream, request.Request.TopLogprobs, time, ResponseIds.New(), store);

    public DialectError ErrorOf(InferenceFailure failure) => OpenAIErrors.Of(failure);
}
