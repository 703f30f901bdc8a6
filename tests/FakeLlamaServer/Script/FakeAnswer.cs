namespace FakeLlama.Script;

/// <summary>A fixed answer.</summary>
internal sealed record FakeAnswer
{
    public int Status { get; init; } = 200;

    public string Body { get; init; } = "";

    public string ContentType { get; init; } = "application/json; charset=utf-8";

    /// <summary>Only so many first requests of this process get it; null: all.</summary>
    public int? Times { get; init; }

    /// <summary>Time before the answer.</summary>
    public int DelayMilliseconds { get; init; }
}
