using System.Buffers;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Gguf;
using GGLib.Server.EngineRequests;
using GGLib.Server.Pipeline;
using GGLib.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary><c>POST /v1/completions</c>. A <c>suffix</c> is filled up to, which the engine does elsewhere; without a prompt the model is only loaded, as Ollama does.</summary>
internal sealed class CompletionsDialect(TimeProvider time) : OpenAIDialect
{
    public override TextMark Texts => TextMark.Completion;

    public override RelayRefusal? Check(JsonElement request, CatalogModel model, string name) =>
        !model.Facts.Can(Capability.Completion) ? new($"\"{name}\" does not support completions", IsOfModel: true)
        : InfillTranslation.Applies(request) && !model.Facts.Can(Capability.Insert) ? new($"{model.Name.Full} does not support insert", IsOfModel: true)
        : null;

    public override RetoldRequest? Retell(JsonElement request, CatalogModel model, ReadOnlySpan<byte> defaults) =>
        InfillTranslation.Applies(request) ? new("/infill", InfillTranslation.Compose(request, defaults)) : null;

    public override Func<HttpContext, RelayedRequest, Task>? LoadAnswer(JsonElement request) =>
        !InfillTranslation.Applies(request) && IsEmpty(request) ? WriteLoadAsync : null;

    public override IRetoldAnswer Answer(IBufferWriter<byte> output, RelayedRequest request, bool includeUsage, TimeProvider clock) =>
        new OpenAITextAnswer(output, request.Model, request.Stream, includeUsage, clock);

    private static bool IsEmpty(JsonElement request) =>
        !request.TryGetProperty("prompt"u8, out var prompt) || prompt.ValueKind is JsonValueKind.Null || (prompt.ValueKind is JsonValueKind.String && prompt.ValueEquals(""u8));

    private async Task WriteLoadAsync(HttpContext context, RelayedRequest request)
    {
        var output = new ArrayBufferWriter<byte>();
        new OpenAITextAnswer(output, request.Model, request.Stream, includeUsage: false, time) { IsLoad = true }.Complete();
        if (!request.Stream)
        {
            await OpenAIReply.WriteAsync(context, output.WrittenMemory).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.WriteAsync(output.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
