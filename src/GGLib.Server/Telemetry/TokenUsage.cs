namespace GGLib.Server.Telemetry;

/// <summary>Token counts and durations of one answer, as llama-server measured them. Null means not reported.</summary>
internal readonly record struct TokenUsage
{
    /// <summary>Tokens of the prompt, including cached ones.</summary>
    public long? PromptTokens { get; init; }

    /// <summary>Tokens of the prompt that were in the cache.</summary>
    public long? CachedTokens { get; init; }

    /// <summary>Generated tokens, including thinking.</summary>
    public long? GeneratedTokens { get; init; }

    /// <summary>Nanoseconds spent on the uncached part of the prompt.</summary>
    public long? PromptNanoseconds { get; init; }

    /// <summary>Nanoseconds spent generating, from the first token.</summary>
    public long? GenerationNanoseconds { get; init; }

    /// <summary>Returns these values, overridden by the reported values of <paramref name="later"/>.</summary>
    public TokenUsage With(in TokenUsage later) => new()
    {
        PromptTokens = later.PromptTokens ?? PromptTokens,
        CachedTokens = later.CachedTokens ?? CachedTokens,
        GeneratedTokens = later.GeneratedTokens ?? GeneratedTokens,
        PromptNanoseconds = later.PromptNanoseconds ?? PromptNanoseconds,
        GenerationNanoseconds = later.GenerationNanoseconds ?? GenerationNanoseconds,
    };
}
