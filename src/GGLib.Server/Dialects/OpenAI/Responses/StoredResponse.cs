namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>A response that a later request can continue. Immutable.</summary>
/// <param name="Id">The response's id.</param>
/// <param name="Json">The response object in UTF-8.</param>
/// <param name="Input">All items that the model read, oldest first: those of the responses before it, then the request's own.</param>
/// <param name="Output">The items that the model wrote.</param>
internal sealed record StoredResponse(string Id, byte[] Json, IReadOnlyList<StoredItem> Input, IReadOnlyList<StoredItem> Output)
{
    // About the size of an item's objects without its text.
    private const int Overhead = 128;

    /// <summary>The memory that it holds, in bytes. Items shared with other responses count for each of them.</summary>
    public long Bytes { get; } = Json.Length + Overhead + Input.Concat(Output).Sum(static item => (long)item.Json.Length + Overhead);
}
