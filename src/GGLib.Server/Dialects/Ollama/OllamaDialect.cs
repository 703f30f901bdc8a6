using System.Buffers;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;
using GGLib.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary><c>POST /api/chat</c> and <c>POST /api/generate</c>.</summary>
/// <param name="read">Reads the route's requests.</param>
/// <param name="shape">Where the route puts an answer's texts.</param>
/// <param name="time">The clock.</param>
internal sealed class OllamaDialect(Func<RequestBody, ReadRequest> read, OllamaAnswerShape shape, TimeProvider time) : IDialect
{
    // Marks a request whose stream is written in chunks.
    private static readonly object InChunks = new();

    public string StreamType => OllamaReply.Ndjson;

    public string ObjectType => OllamaReply.Json;

    public static OllamaDialect Chat(TimeProvider time) => new(ChatReader.Read, OllamaAnswerShape.Chat, time);

    public static OllamaDialect Generate(TimeProvider time) => new(GenerateReader.Read, OllamaAnswerShape.Generate, time);

    public ReadRequest Read(HttpContext context, RequestBody body) => read(body) with { Echo = LineChunk.IsPossible(context) ? InChunks : null };

    public void BeginStream(HttpContext context)
    {
        if (LineChunk.IsPossible(context))
        {
            LineChunk.Announce(context);
        }
    }

    public AnswerWriter CreateWriter(IBufferWriter<byte> output, ReadRequest request) =>
        new OllamaAnswer(output, shape, request.Request!.Model, request.Request.Stream, request.Request.TopLogprobs, time)
        {
            KeepsContent = request.Request.ReturnsTokens,
            WritesChunks = request.Request.Stream && ReferenceEquals(request.Echo, InChunks),
        };

    public DialectError ErrorOf(InferenceFailure failure) => OllamaErrors.Of(failure);

    public byte[] ComposeRendered(ReadRequest request, string prompt) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, request.Request!.Model);
        writer.WriteString("created_at"u8, OllamaTime.Created(time));
        shape.WriteNothing(writer);
        writer.WriteBoolean("done"u8, false);
        writer.WriteStartObject("_debug_info"u8);
        writer.WriteString("rendered_template"u8, prompt);
        if (request.Request.Messages.Sum(static message => message.MediaCount) is > 0 and var images)
        {
            writer.WriteNumber("image_count"u8, images);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    });
}
