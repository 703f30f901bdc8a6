namespace GGLib.Server.Telemetry;

/// <summary>True counts and durations of one answer, as llama-server measured them. A null was not reported.</summary>
internal readonly record struct TokenUsage
{
    /// <summary>Tokens of the prompt, those found in the cache included.</summary>
    public long? PromptTokens { get; init; }

    /// <summary>Tokens of the prompt that were found in the cache.</summary>
    public long? CachedTokens { get; init; }

    /// <summary>Tokens generated, thinking included.</summary>
    public long? GeneratedTokens { get; init; }

    /// <summary>Nanoseconds spent on the uncached part of the prompt.</summary>
    public long? PromptNanoseconds { get; init; }

    /// <summary>Nanoseconds spent generating, counted from the first token.</summary>
    public long? GenerationNanoseconds { get; init; }

    /// <summary>This, with whatever <paramref name="later"/> knows put over it.</summary>
    public TokenUsage With(in TokenUsage later) => new()
    {
        PromptTokens = later.PromptTokens ?? PromptTokens,
        CachedTokens = later.CachedTokens ?? CachedTokens,
        GeneratedTokens = later.GeneratedTokens ?? GeneratedTokens,
        PromptNanoseconds = later.PromptNanoseconds ?? PromptNanoseconds,
        GenerationNanoseconds = later.GenerationNanoseconds ?? GenerationNanoseconds,
    };
}
