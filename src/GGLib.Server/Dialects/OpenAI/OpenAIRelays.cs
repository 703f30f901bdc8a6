using GGLib.Server.Pipeline;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>OpenAI's endpoints that the engine speaks itself.</summary>
internal sealed class OpenAIRelays(RelayEndpoint relay, ServerOptions options, TimeProvider time)
{
    private readonly ChatDialect _chat = new(options, time);
    private readonly CompletionsDialect _completions = new(time);
    private readonly ResponsesDialect _responses = new(options);

    public Task ChatAsync(HttpContext context) => relay.HandleAsync(context, _chat);

    public Task CompletionsAsync(HttpContext context) => relay.HandleAsync(context, _completions);

    public Task ResponsesAsync(HttpContext context) => relay.HandleAsync(context, _responses);
}
