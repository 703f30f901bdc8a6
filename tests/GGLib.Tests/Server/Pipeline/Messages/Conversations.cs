using System.Text;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Pipeline.Messages;

/// <summary>Conversations as text, for expectations: one line per message, <c>role: text</c>, with <c>[id name arguments]</c> for a call and <c>(id name)</c> for a result.</summary>
internal static class Conversations
{
    public static string Write(IEnumerable<ChatMessage> messages)
    {
        var text = new StringBuilder();
        foreach (var message in messages)
        {
            text.Append(message.Role).Append(':');
            if (message.Role is "tool")
            {
                text.Append($" ({message.ToolCallId} {message.ToolName})");
            }

            if (message.Thinking.Length > 0)
            {
                text.Append($" <{message.Thinking.ReplaceLineEndings("|")}>");
            }

            foreach (var part in message.Parts)
            {
                text.Append(' ').Append(part is ContentPart.Text only ? only.Value.ReplaceLineEndings("|") : part.GetType().Name);
            }

            foreach (var call in message.ToolCalls)
            {
                text.Append($" [{call.Id} {call.Name} {call.Arguments}]");
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    public static ChatMessage Instruction(string text) => ChatMessage.Of("system", text);

    public static ChatMessage User(string text) => ChatMessage.Of("user", text);

    public static ChatMessage Assistant(string text) => ChatMessage.Of("assistant", text);

    /// <summary>An assistant message with calls of the tool <c>f</c>, one for each id.</summary>
    public static ChatMessage Calls(params string[] ids) => new() { Role = "assistant", ToolCalls = [.. ids.Select(static id => new ToolCall(id, "f", "{}"))] };

    public static ChatMessage Result(string id, string text) => ChatMessage.Of("tool", text) with { ToolCallId = id, ToolName = "f" };
}
