namespace FakeLlama.Streaming;

/// <summary>A stream's bytes, event by event: before the tokens, each token, after them.</summary>
internal sealed record TokenStream(
    IReadOnlyList<ReadOnlyMemory<byte>> Head,
    Func<int, ReadOnlyMemory<byte>> Token,
    int Count,
    Func<int, ReadOnlyMemory<byte>> TokenOfLength,
    IReadOnlyList<ReadOnlyMemory<byte>> Tail);
