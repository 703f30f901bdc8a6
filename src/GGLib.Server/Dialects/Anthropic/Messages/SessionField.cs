using System.Text.Json;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>
/// The field <c>metadata.user_id</c>. Claude Code puts its session there, as an object in JSON (<c>{"session_id":"…"}</c>) or, in older versions, as <c>user_…_account_…_session_…</c>.
/// </summary>
internal static class SessionField
{
    private const string Mark = "_session_";

    /// <summary>The session in the id; the whole id when it names none.</summary>
    public static string Of(string userId)
    {
        if (userId is ['{', ..] && SessionIn(userId) is { } session)
        {
            return session;
        }

        var at = userId.LastIndexOf(Mark, StringComparison.Ordinal);
        return at >= 0 && at + Mark.Length < userId.Length ? userId[(at + Mark.Length)..] : userId;
    }

    private static string? SessionIn(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Field("session_id") is { ValueKind: JsonValueKind.String } session && session.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
