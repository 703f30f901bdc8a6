namespace FakeLlama.Script;

/// <summary>How the program ends at start.</summary>
internal sealed record FakeExit
{
    public int Code { get; set; } = 1;

    /// <summary>The reason on stderr, for example <c>error loading model: unknown model architecture: 'x'</c>.</summary>
    public IReadOnlyList<string> Stderr { get; set; } = [];
}
