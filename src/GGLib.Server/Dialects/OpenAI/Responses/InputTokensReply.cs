using System.Globalization;
using System.Text;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>The answer of <c>POST /v1/responses/input_tokens</c>.</summary>
internal static class InputTokensReply
{
    /// <param name="tokens">The tokens of the rendered prompt.</param>
    public static byte[] Compose(long tokens) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"object":"response.input_tokens","input_tokens":{{tokens}}}"""));
}
