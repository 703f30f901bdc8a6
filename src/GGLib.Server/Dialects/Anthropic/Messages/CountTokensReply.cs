using GGLib.Server.Json;

namespace GGLib.Server.Dialects.Anthropic.Messages;

/// <summary>The answer of <c>POST /v1/messages/count_tokens</c>.</summary>
internal static class CountTokensReply
{
    /// <param name="tokens">Tokens of the rendered prompt: messages, system prompt and tools.</param>
    public static byte[] Compose(long tokens) => WireJson.Compose(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("input_tokens"u8, tokens);
        writer.WriteEndObject();
    });
}
