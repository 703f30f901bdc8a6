using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>A conversation that a model's template accepts. Immutable.</summary>
/// <param name="Messages">The conversation. The same object as the input when nothing was changed.</param>
/// <param name="Rewrites">The kinds of changes, each once, in the order of the enumeration.</param>
internal sealed record FittedMessages(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<MessageRewrite> Rewrites)
{
    /// <summary>The response header that lists <see cref="HeaderValue"/>. It is sent only when something was changed.</summary>
    public const string HeaderName = "X-GGLib-Rewritten";

    /// <summary>The changes as the value of the response header, for example <c>mid-system, consecutive-user</c>; null when nothing was changed.</summary>
    public string? HeaderValue => Rewrites.Count == 0 ? null : string.Join(", ", Rewrites.Select(NameOf));

    /// <summary>The name of a change in the response header.</summary>
    public static string NameOf(MessageRewrite rewrite) => rewrite switch
    {
        MessageRewrite.LeadingSystem => "leading-system",
        MessageRewrite.MidSystem => "mid-system",
        MessageRewrite.ConsecutiveUsers => "consecutive-user",
        MessageRewrite.ConsecutiveAssistants => "consecutive-assistant",
        MessageRewrite.MissingUser => "missing-user",
        MessageRewrite.UserAfterTool => "user-after-tool",
        MessageRewrite.ToolsAsText => "tools-as-text",
        MessageRewrite.OrphanResult => "orphan-result",
        MessageRewrite.LateResult => "late-result",
        MessageRewrite.ResultOrder => "result-order",
        MessageRewrite.OpenCall => "open-call",
        MessageRewrite.ParallelCalls => "parallel-calls",
        MessageRewrite.CallIds => "call-ids",
        _ => throw new ArgumentOutOfRangeException(nameof(rewrite), rewrite, null),
    };
}
