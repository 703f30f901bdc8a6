using System.Buffers;
using GGLib.Server.Failures;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatDialect(TimeProvider time) : IRelayingDialect
{
    public string StreamType => "text/event-stream";

    public bool Pings => true;

    public TextMark Texts => TextMark.Chat;

    public ReadRequest Read(HttpContext context, RequestBody body) => ChatReader.Read(context, body);

    public IByteStage Stage(IByteStage last, bool isStream) => isStream ? new ErrorEvents(new FirstContent(new ReasoningEcho(last))) : new ReasoningEcho(last);

    public AnswerWriter CreateWriter(IBufferWriter<byte> output, ReadRequest request) =>
        new OpenAIChatAnswer(output, request.Request!.Model, request.Request.Stream, request.Request.IncludeUsage, time, request.Echo is ChatForm.Functions ? ChatForm.Functions : ChatForm.Tools);

    public DialectError ErrorOf(InferenceFailure failure) => OpenAIErrors.Of(failure);
}
