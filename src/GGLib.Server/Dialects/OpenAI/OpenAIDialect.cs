using GGLib.Server.Pipeline;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>What OpenAI's endpoints have in common.</summary>
internal abstract class OpenAIDialect : RelayDialect
{
    public sealed override byte[] ComposeError(int status, string message, string? type) => OpenAIReply.ComposeError(status, message, type);
}
