namespace FakeLlama.Script;

/// <summary>What the fake was asked.</summary>
internal sealed record RecordedRequest
{
    public required string Method { get; init; }

    /// <summary>Path and query.</summary>
    public required string Path { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required string Body { get; init; }
}
