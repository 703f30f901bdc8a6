using System.Security.Cryptography;
using System.Text;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>
/// The id of a tool call as this API writes it: <c>toolu_</c> and the engine's id. The prefix is removed when the call comes back, because some templates accept only ids of the form that
/// the model was trained on, and because the prompt must not change between turns.
/// </summary>
internal static class ToolUseId
{
    private const string Prefix = "toolu_";

    /// <summary>The client's id of a call.</summary>
    /// <param name="engineId">The engine's id, escaped; a new id is made when it is empty or has characters that Anthropic's ids never have.</param>
    public static byte[] OfEngine(ReadOnlySpan<byte> engineId)
    {
        if (engineId.IsEmpty || !IsPlain(engineId))
        {
            return Encoding.ASCII.GetBytes(Prefix + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 24));
        }

        return [.. "toolu_"u8, .. engineId];
    }

    /// <summary>The engine's id of a call that a client sent back. Ids of other forms stay as they are.</summary>
    public static string ToEngine(string id) => id.Length > Prefix.Length && id.StartsWith(Prefix, StringComparison.Ordinal) ? id[Prefix.Length..] : id;

    private static bool IsPlain(ReadOnlySpan<byte> id)
    {
        foreach (var character in id)
        {
            if (!char.IsAsciiLetterOrDigit((char)character) && character is not ((byte)'_' or (byte)'-'))
            {
                return false;
            }
        }

        return true;
    }
}
