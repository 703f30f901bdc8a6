namespace GGLib.Server.Pipeline.Messages;

/// <summary>Collects the kinds of changes while a conversation is fitted. Not thread-safe.</summary>
internal sealed class RewriteLog
{
    private readonly SortedSet<MessageRewrite> _rewrites = [];

    /// <summary>The kinds so far, each once, in the order of the enumeration.</summary>
    public IReadOnlyList<MessageRewrite> Rewrites => [.. _rewrites];

    public void Add(MessageRewrite rewrite) => _rewrites.Add(rewrite);
}
