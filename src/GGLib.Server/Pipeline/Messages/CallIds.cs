using System.Security.Cryptography;
using System.Text;
using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline.Messages;

/// <summary>Gives tool calls ids of nine letters and digits, the only form that some of Mistral's templates accept. The same id always becomes the same one. Pure.</summary>
internal static class CallIds
{
    private const int Length = 9;

    public static List<ChatMessage> Fit(List<ChatMessage> messages, RewriteLog log)
    {
        var calls = CallMatching.Of(messages);
        var fitted = new List<ChatMessage>(messages.Count);
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            if (message.ToolCalls.Count > 0)
            {
                var at = index;
                message = message with { ToolCalls = [.. message.ToolCalls.Select((call, number) => call with { Id = IdOf(call, at, number, log) })] };
            }
            else if (calls.CallOf(index) is { } call)
            {
                message = message with { ToolCallId = fitted[call.Message].ToolCalls[call.Call].Id };
            }
            else if (message.Role is "tool" && message.ToolCallId.Length > 0 && !IsFit(message.ToolCallId))
            {
                log.Add(MessageRewrite.CallIds);
                message = message with { ToolCallId = Hash(message.ToolCallId) };
            }

            fitted.Add(message);
        }

        return fitted;
    }

    private static string IdOf(ToolCall call, int message, int number, RewriteLog log)
    {
        if (IsFit(call.Id))
        {
            return call.Id;
        }

        log.Add(MessageRewrite.CallIds);
        return Hash(call.Id.Length > 0 ? call.Id : $"{message}/{number}/{call.Name}");
    }

    private static bool IsFit(string id) => id.Length == Length && id.All(char.IsAsciiLetterOrDigit);

    private static string Hash(string id)
    {
        const string Characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
        return string.Create(Length, hash, static (text, bytes) =>
        {
            for (var index = 0; index < text.Length; index++)
            {
                text[index] = Characters[bytes[index] % Characters.Length];
            }
        });
    }
}
