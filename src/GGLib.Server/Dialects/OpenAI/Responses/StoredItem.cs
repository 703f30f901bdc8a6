namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>One item of a stored conversation. Immutable.</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Json">The item as a JSON object in UTF-8.</param>
/// <param name="IsReferable">Whether requests may refer to the item. Only ids that this server made are secret: a client's own, such as <c>msg_1</c>, could name another client's item.</param>
internal sealed record StoredItem(string Id, byte[] Json, bool IsReferable = true);
