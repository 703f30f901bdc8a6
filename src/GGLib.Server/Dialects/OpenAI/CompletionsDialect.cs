using System.Buffers;
using GGLib.Server.Failures;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary><c>POST /v1/completions</c>.</summary>
internal sealed class CompletionsDialect(TimeProvider time) : IRelayingDialect
{
    public string StreamType => "text/event-stream";

    public bool Pings => true;

    public TextMark Texts => TextMark.Completion;

    public ReadRequest Read(HttpContext context, RequestBody body) => CompletionsReader.Read(context, body);

    public IByteStage Stage(IByteStage last, bool isStream) => isStream ? new NullEvents(new ErrorEvents(new CompletionLogprobs(last, isStream))) : new CompletionLogprobs(last, isStream);

    public AnswerWriter CreateWriter(IBufferWriter<byte> output, ReadRequest request) =>
        new OpenAITextAnswer(output, request.Request!.Model, request.Request.Stream, request.Request.IncludeUsage, time);

    public DialectError ErrorOf(InferenceFailure failure) => OpenAIErrors.Of(failure);
}
