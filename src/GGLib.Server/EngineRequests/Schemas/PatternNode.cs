namespace GGLib.Server.EngineRequests.Schemas;

/// <summary>A parsed regular expression. Immutable.</summary>
internal abstract record PatternNode
{
    private PatternNode()
    {
    }

    /// <summary>The empty text.</summary>
    public static PatternNode Nothing { get; } = new Sequence([]);

    /// <summary>Whether the empty text matches.</summary>
    public abstract bool IsNullable { get; }

    /// <summary>One character of a set.</summary>
    internal sealed record Character(CharacterSet Set) : PatternNode
    {
        public override bool IsNullable => false;
    }

    /// <summary>One after the other.</summary>
    internal sealed record Sequence(IReadOnlyList<PatternNode> Items) : PatternNode
    {
        public override bool IsNullable => Items.All(static item => item.IsNullable);
    }

    /// <summary>One of several.</summary>
    internal sealed record Choice(IReadOnlyList<PatternNode> Options) : PatternNode
    {
        public override bool IsNullable => Options.Any(static option => option.IsNullable);
    }

    /// <summary>The same, several times.</summary>
    /// <param name="Body">The repeated part.</param>
    /// <param name="Min">The least number of times.</param>
    /// <param name="Max">The greatest number of times; null for no bound.</param>
    internal sealed record Repeat(PatternNode Body, int Min, int? Max) : PatternNode
    {
        public override bool IsNullable => Min == 0 || Body.IsNullable;
    }

    /// <summary>The beginning or the end of the text.</summary>
    internal sealed record Anchor(bool IsEnd) : PatternNode
    {
        public override bool IsNullable => true;
    }
}
