using GGLib.Engine.Processes;
using GGLib.Server.EngineRequests;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Pipeline.Messages;
using GGLib.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline;

/// <summary>Fits a conversation to a template that the engine renders, and reports in a header when messages were rewritten. Thread-safe.</summary>
internal sealed class ConversationFitting(TemplateTraitsCache cache, ServerOptions server)
{
    /// <summary>Fits a prepared request's conversation.</summary>
    /// <returns>The request, changed if necessary; or why the template could not be examined.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<(PreparedRequest? Prepared, InferenceFailure? Failure)> FitAsync(HttpContext context, PreparedRequest prepared, IRunner runner, CancellationToken cancellation)
    {
        var messages = prepared.Request.Messages;

        // A Go template's own rules for odd conversations are Ollama's, and are kept.
        if (prepared.GoTemplate is not null || messages.Count == 0 || !server.RewritesMessages(prepared.Model.Name.Display) || !MessageFitting.NeedsTraits(messages))
        {
            return (prepared, null);
        }

        var (traits, failure) = await cache.GetAsync(KeyOf(prepared), token => new TemplateProbe((some, stop) => RenderAsync(runner, some, stop)).RunAsync(token), cancellation).ConfigureAwait(false);
        if (traits is null)
        {
            return (null, failure);
        }

        var fitted = MessageFitting.Fit(messages, traits);
        if (fitted.HeaderValue is { } rewritten && !context.Response.HasStarted)
        {
            context.Response.Headers[FittedMessages.HeaderName] = rewritten;
        }

        return (prepared with { Request = prepared.Request with { Messages = fitted.Messages } }, null);
    }

    private static Task<(string? Text, InferenceFailure? Failure)> RenderAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation) =>
        EngineText.ApplyTemplateAsync(
            runner, ChatBody.Compose(new InferenceRequest { Model = "" }, messages, new ChatShape { ContextLength = runner.ContextLength, Stream = false }), cancellation);

    // The engine's own treatment of conversations changes with its build.
    private string KeyOf(PreparedRequest prepared) => $"{server.EngineVersion}\n{prepared.Model.TemplateInForce ?? prepared.Model.Facts.ChatTemplate ?? prepared.Model.RunDigest}";
}
