namespace GGLib.Client.Wire;

/// <summary>A model that is loaded.</summary>
internal sealed record LoadedModel
{
    public required string Name { get; init; }

    public string Digest { get; init; } = "";

    /// <summary>Memory of all kinds, in bytes.</summary>
    public long Size { get; init; }

    /// <summary>That part of it which is a GPU's.</summary>
    public long SizeVram { get; init; }

    /// <summary>When it is unloaded unless it is used; more than a century ahead means never.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>In tokens; 0 when the server does not say.</summary>
    public long ContextLength { get; init; }
}
