using GGLib.Server.Pipeline;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Anthropic;

/// <summary>Anthropic's Messages API, which the engine speaks itself.</summary>
internal sealed class MessagesEndpoint(RelayEndpoint relay)
{
    private static readonly MessagesDialect Messages = new(counts: false);
    private static readonly MessagesDialect Counting = new(counts: true);

    /// <summary><c>POST /v1/messages</c>.</summary>
    public Task MessagesAsync(HttpContext context) => relay.HandleAsync(context, Messages);

    /// <summary><c>POST /v1/messages/count_tokens</c>.</summary>
    public Task CountAsync(HttpContext context) => relay.HandleAsync(context, Counting);
}
