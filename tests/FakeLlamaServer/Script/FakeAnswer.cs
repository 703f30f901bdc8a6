namespace FakeLlama.Script;

/// <summary>A fixed answer.</summary>
internal sealed record FakeAnswer
{
    public int Status { get; set; } = 200;

    public string Body { get; set; } = "";

    public string ContentType { get; set; } = "application/json; charset=utf-8";

    /// <summary>Only so many first requests of this process get it; null: all.</summary>
    public int? Times { get; set; }

    /// <summary>Time before the answer.</summary>
    public int DelayMilliseconds { get; set; }
}
