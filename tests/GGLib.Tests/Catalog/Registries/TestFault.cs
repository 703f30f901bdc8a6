namespace GGLib.Tests.Catalog.Registries;

/// <summary>What a <see cref="TestRegistry"/> does wrong with one request.</summary>
internal sealed record TestFault
{
    /// <summary>Answers when this is done.</summary>
    public Task? Until { get; init; }

    /// <summary>Answers with this status and nothing else.</summary>
    public int? Status { get; init; }

    /// <summary>With <see cref="Status"/>: the <c>Retry-After</c> header.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Cuts the connection after so many bytes of the body.</summary>
    public long? CutAfter { get; init; }

    /// <summary>Sends nothing more after so many bytes of the body, and keeps the connection.</summary>
    public long? HangAfter { get; init; }

    /// <summary>Turns the bits of the byte at this offset of the whole content.</summary>
    public long? CorruptAt { get; init; }

    /// <summary>Answers 200 with the whole, whatever range was asked for.</summary>
    public bool IgnoreRange { get; init; }

    /// <summary>The whole's length as <c>Content-Range</c> says it, or <c>Content-Length</c> where there is none.</summary>
    public long? ClaimedTotal { get; init; }

    /// <summary>Answers the range that begins so many bytes later than the one asked for.</summary>
    public long ShiftRange { get; init; }

    /// <summary>Redirects here.</summary>
    public string? Location { get; init; }
}
