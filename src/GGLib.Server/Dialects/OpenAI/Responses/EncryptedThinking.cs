using System.Buffers.Text;
using System.Text;
using GGLib.Server.Json;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>
/// The <c>encrypted_content</c> of a reasoning item: the thinking in a form that clients keep and send back unread. It is encoded, not encrypted, because the thinking is the client's own and
/// gglib keeps nothing between requests.
/// </summary>
internal static class EncryptedThinking
{
    // Not part of any other server's encoding: a conversation may move here from another one.
    private const string Prefix = "gglib-thinking-1.";

    /// <param name="escaped">The thinking as escaped text.</param>
    public static byte[] Encode(ReadOnlySpan<byte> escaped) =>
        Encoding.ASCII.GetBytes(Prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(EscapedText.ToText(escaped))));

    /// <summary>The thinking; null for content that is not ours.</summary>
    public static string? Decode(string? content)
    {
        if (content is null || !content.StartsWith(Prefix, StringComparison.Ordinal) || !Base64Url.IsValid(content.AsSpan(Prefix.Length)))
        {
            return null;
        }

        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(content.AsSpan(Prefix.Length)));
    }
}
