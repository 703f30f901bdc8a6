namespace GGLib.Tests.Catalog.Registries;

/// <summary>A request as a <see cref="TestRegistry"/> got it.</summary>
/// <param name="Number">How many of the same method and path came before.</param>
/// <param name="Method">The verb.</param>
/// <param name="Path">The path and query, decoded.</param>
/// <param name="Start">Where the asked range begins; null when none is asked for.</param>
/// <param name="Authorization">The header, or null.</param>
internal sealed record TestRequest(int Number, string Method, string Path, long? Start, string? Authorization)
{
    public bool IsBlob => Path.Contains("/blobs/sha256:", StringComparison.Ordinal);
}
