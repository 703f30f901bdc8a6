namespace GGLib.Bench.Storm;

/// <summary>How a question is asked.</summary>
internal enum Way
{
    /// <summary><c>/v1/completions</c>, one object.</summary>
    Completion,

    /// <summary><c>/v1/completions</c>, events to <c>[DONE]</c>.</summary>
    CompletionStream,

    /// <summary><c>/api/generate</c>, one object. Only gglib has it.</summary>
    Generate,

    /// <summary><c>/api/generate</c>, lines to <c>"done":true</c>. Only gglib has it.</summary>
    GenerateStream,

    /// <summary><c>/v1/embeddings</c>.</summary>
    Embedding,
}
