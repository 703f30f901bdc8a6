namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>One item of a stored conversation. Immutable.</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Json">The item as a JSON object in UTF-8.</param>
internal sealed record StoredItem(string Id, byte[] Json);
