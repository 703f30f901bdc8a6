using GGLib.Engine.Processes;
using GGLib.Server.EngineRequests;
using GGLib.Server.Failures;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>
/// Rewrites conversations that a model's template would reject, reorder or shorten, and reports it in a response header. Every text keeps its place, and a later message changes nothing before the
/// last one, so that the prompt cache stays valid. Thread-safe.
/// </summary>
internal sealed class MessageFitting(TemplateTraitsCache cache, ServerOptions server)
{
    /// <summary>Fits a prepared request's conversation.</summary>
    /// <returns>The request, changed if necessary; or why the template could not be examined.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<(PreparedRequest? Prepared, InferenceFailure? Failure)> FitAsync(HttpContext context, PreparedRequest prepared, IRunner runner, CancellationToken cancellation)
    {
        var messages = prepared.Request.Messages;

        // A Go template's own rules for odd conversations are Ollama's, and are kept.
        if (prepared.GoTemplate is not null || messages.Count == 0 || !server.RewritesMessages(prepared.Model.Name.Display) || !NeedsTraits(messages))
        {
            return (prepared, null);
        }

        var (traits, failure) = await cache.GetAsync(KeyOf(prepared), token => new TemplateProbe((some, stop) => RenderAsync(runner, some, stop)).RunAsync(token), cancellation).ConfigureAwait(false);
        if (traits is null)
        {
            return (null, failure);
        }

        var fitted = Fit(messages, traits);
        if (fitted.HeaderValue is { } rewritten && !context.Response.HasStarted)
        {
            context.Response.Headers[FittedMessages.HeaderName] = rewritten;
        }

        return (prepared with { Request = prepared.Request with { Messages = fitted.Messages } }, null);
    }

    /// <summary>
    /// Returns whether some template may reject the conversation. False for an optional system message followed by alternating user and assistant messages, which every template accepts.
    /// </summary>
    public static bool NeedsTraits(IReadOnlyList<ChatMessage> messages)
    {
        var start = messages is [{ Role: "system" }, ..] ? 1 : 0;
        for (var index = start; index < messages.Count; index++)
        {
            var message = messages[index];
            var expected = (index - start) % 2 == 0 ? "user" : "assistant";
            if (message.Role != expected || message.ToolCalls.Count > 0)
            {
                return true;
            }
        }

        return messages.Count == 1 && start == 1;
    }

    /// <summary>Fits a conversation to a template.</summary>
    /// <param name="messages">The conversation. It is not changed.</param>
    /// <param name="traits">What the template accepts.</param>
    /// <returns>A conversation that the template accepts. Fitting it again changes nothing.</returns>
    public static FittedMessages Fit(IReadOnlyList<ChatMessage> messages, TemplateTraits traits)
    {
        if (messages.Count == 0 || (!NeedsTraits(messages) && traits.AcceptsSystem))
        {
            return new(messages, []);
        }

        var log = new RewriteLog();
        var fitted = SystemFitting.DropBlank([.. messages], traits, log);
        fitted = ToolFitting.Fit(fitted, traits, log);
        fitted = SystemFitting.Fit(fitted, traits, log);
        fitted = RoleFitting.Fit(fitted, traits, log);
        return log.Rewrites is { Count: > 0 } rewrites ? new(fitted, rewrites) : new(messages, []);
    }

    private static Task<(string? Text, InferenceFailure? Failure)> RenderAsync(IRunner runner, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation) =>
        EngineText.ApplyTemplateAsync(
            runner, ChatBody.Compose(new InferenceRequest { Model = "" }, messages, new ChatShape { ContextLength = runner.ContextLength, Stream = false }), cancellation);

    // The engine's own treatment of conversations changes with its build.
    private string KeyOf(PreparedRequest prepared) => $"{server.EngineVersion}\n{prepared.Model.TemplateInForce ?? prepared.Model.Facts.ChatTemplate ?? prepared.Model.RunDigest}";
}
