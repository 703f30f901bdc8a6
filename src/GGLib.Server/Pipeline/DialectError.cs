namespace GGLib.Server.Pipeline;

/// <summary>An error as an API writes it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The error object.</param>
internal readonly record struct DialectError(int Status, byte[] Body)
{
    public string ContentType { get; init; } = "application/json";

    /// <summary>The value of the response header <c>request-id</c>, when the API's error objects contain one; else null.</summary>
    public string? RequestId { get; init; }
}
