using System.Buffers;
using System.Text.Json;
using GGLib.Catalog;
using GGLib.Server.Pipeline;
using GGLib.Server.Streaming;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatDialect(ServerOptions options, TimeProvider time) : OpenAIDialect
{
    public override TextMark Texts => TextMark.Chat;

    public override string? CheckForm(JsonElement request) => ChatChecks.Form(request);

    public override RelayRefusal? Check(JsonElement request, CatalogModel model, string name) => ChatChecks.Check(request, model, name, options.LenientThinking);

    public override ChatAdjustments Adjust(JsonElement request, CatalogModel model) => ChatAdjustments.Of(request, model.Profile);

    public override RetoldRequest? Retell(JsonElement request, CatalogModel model, ReadOnlySpan<byte> defaults) => RenderedChat.Of(request, model, defaults, time);

    public override IByteStage Stage(IByteStage last, bool isStream) => isStream ? new FirstContent(new ReasoningEcho(last)) : new ReasoningEcho(last);

    public override IRetoldAnswer Answer(IBufferWriter<byte> output, RelayedRequest request, bool includeUsage, TimeProvider clock) =>
        new OpenAIChatAnswer(output, request.Model, request.Stream, includeUsage, clock);
}
