using GGLib.Server.Failures;
using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>
/// Determines what a template accepts by rendering small conversations: an error, a missing text or a changed order means that it does not. Eight renderings for a template that accepts everything, at most 19. Not thread-safe.
/// </summary>
/// <param name="render">Renders a conversation as the engine does, or returns why it cannot. The answer's start is included; tools are not.</param>
internal sealed class TemplateProbe(Func<IReadOnlyList<ChatMessage>, CancellationToken, Task<(string? Text, InferenceFailure? Failure)>> render)
{
    private InferenceFailure? _failure;
    private bool _hasShortIds;
    private bool _showedCalls;

    /// <summary>Probes the template.</summary>
    /// <returns>The traits, or the failure of an engine that did not decide about the template, for example because it ended.</returns>
    public async Task<(TemplateTraits? Traits, InferenceFailure? Failure)> RunAsync(CancellationToken cancellation)
    {
        _failure = null;
        _hasShortIds = false;
        var traits = TemplateTraits.AcceptsAll;
        // Nothing can be learned about a template that cannot render the usual conversation.
        if (await AcceptsAsync("uau", cancellation).ConfigureAwait(false))
        {
            traits = await RolesAsync(traits, cancellation).ConfigureAwait(false);
            traits = await ToolsAsync(traits, cancellation).ConfigureAwait(false);
        }

        return _failure is null ? (traits, null) : (null, _failure);
    }

    private async Task<TemplateTraits> RolesAsync(TemplateTraits traits, CancellationToken cancellation)
    {
        // One conversation with everything in it: most templates accept it.
        if (!await AcceptsAsync("ssusuuaauas", cancellation).ConfigureAwait(false))
        {
            traits = traits with
            {
                AcceptsSystem = await AcceptsAsync("su", cancellation).ConfigureAwait(false),
                AcceptsSeveralSystem = await AcceptsAsync("ssu", cancellation).ConfigureAwait(false),
                // At even and odd indexes: some templates look only at every other message.
                AcceptsMidSystem = await AcceptsAsync("usuasuas", cancellation).ConfigureAwait(false),
                AcceptsConsecutiveUsers = await AcceptsAsync("uu", cancellation).ConfigureAwait(false),
                AcceptsConsecutiveAssistants = await AcceptsAsync("uaau", cancellation).ConfigureAwait(false),
            };
        }

        return traits with
        {
            AcceptsAssistantFirst = await AcceptsAsync("au", cancellation).ConfigureAwait(false),
            // The engine takes the message that it continues away before it renders the others: here, none is left.
            AcceptsNoUser = await AcceptsAsync("s", cancellation).ConfigureAwait(false) && await AcceptsAsync("a", cancellation).ConfigureAwait(false),
        };
    }

    private async Task<TemplateTraits> ToolsAsync(TemplateTraits traits, CancellationToken cancellation)
    {
        if (!await AcceptsAsync("uct", cancellation).ConfigureAwait(false))
        {
            _hasShortIds = true;
            if (!await AcceptsAsync("uct", cancellation).ConfigureAwait(false))
            {
                return traits with { AcceptsTools = false };
            }
        }

        traits = traits with { ShowsCalls = _showedCalls };

        if (!await AcceptsAsync("utauatauctucuaudttaucutucat", cancellation).ConfigureAwait(false))
        {
            traits = traits with
            {
                AcceptsUserAfterTool = await AcceptsAsync("uctu", cancellation).ConfigureAwait(false),
                AcceptsOpenCalls = await AcceptsAsync("ucuau", cancellation).ConfigureAwait(false),
                AcceptsOrphanResults = await AcceptsAsync("utauatau", cancellation).ConfigureAwait(false),
                AcceptsLateResults = await AcceptsAsync("ucutucat", cancellation).ConfigureAwait(false),
                AcceptsParallelCalls = await AcceptsAsync("udtt", cancellation).ConfigureAwait(false),
            };
        }

        return traits with
        {
            AcceptsCallIds = !_hasShortIds,
            AcceptsFinalCalls = await AcceptsAsync("uc", cancellation).ConfigureAwait(false),
        };
    }

    private async Task<bool> AcceptsAsync(string roles, CancellationToken cancellation)
    {
        if (_failure is not null)
        {
            return true;
        }

        var conversation = new ProbeConversation(roles, _hasShortIds);
        var (text, failure) = await render(conversation.Messages, cancellation).ConfigureAwait(false);
        if (failure is not null && !IsVerdict(failure))
        {
            _failure = failure;
        }

        _showedCalls = text is not null && conversation.ShowsCallsIn(text);
        return text is not null && conversation.IsCompleteIn(text);
    }

    // The engine answers an exception of a template with 400 or 500, depending on the template.
    private static bool IsVerdict(InferenceFailure failure) => failure is
        InferenceFailure.TemplateRejected or InferenceFailure.EngineRejected or InferenceFailure.EngineFailed
        or InferenceFailure.InvalidRequest or InferenceFailure.SchemaRejected or InferenceFailure.Unsupported;
}
