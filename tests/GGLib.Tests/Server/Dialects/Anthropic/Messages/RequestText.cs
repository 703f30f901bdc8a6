using System.Text;
using System.Text.Json;
using GGLib.Server.Dialects.Anthropic.Messages;
using GGLib.Server.Failures;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Dialects.Anthropic.Messages;

/// <summary>Reads requests, and writes what was read as one line per message.</summary>
internal static class RequestText
{
    public static InferenceRequest Read(string body, string? session = null, bool countsTokens = false)
    {
        var read = MessagesReader.Read(JsonElement.Parse(body), session, countsTokens);
        Assert.Null(read.Failure);
        return read.Request!;
    }

    /// <summary>Reads a request for <c>tiny</c> with the given fields besides model, limit and messages.</summary>
    public static InferenceRequest With(string fields) => Read($$"""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"hi"}],{{fields}}}""");

    /// <summary>The messages of a conversation, and a system prompt when it is given.</summary>
    public static string[] Conversation(string messages, string? system = null) =>
        [.. Read($$"""{"model":"tiny","max_tokens":5,{{(system is null ? "" : $"\"system\":{system},")}}"messages":[{{messages}}]}""").Messages.Select(Line)];

    /// <summary>The error of a request.</summary>
    public static InferenceFailure.InvalidRequest Error(string body) => Assert.IsType<InferenceFailure.InvalidRequest>(MessagesReader.Read(JsonElement.Parse(body), null, countsTokens: false).Failure);

    /// <summary>The error of a request for <c>tiny</c> with the given fields.</summary>
    public static InferenceFailure.InvalidRequest ErrorWith(string fields) => Error($$"""{"model":"tiny","max_tokens":5,"messages":[{"role":"user","content":"hi"}],{{fields}}}""");

    private static string Line(ChatMessage message)
    {
        var line = new StringBuilder(message.Role);
        if (message.ToolCallId.Length + message.ToolName.Length > 0)
        {
            line.Append($"({message.ToolCallId} {message.ToolName})");
        }

        if (message.Thinking.Length > 0)
        {
            line.Append($" think<{message.Thinking}>");
        }

        foreach (var part in message.Parts)
        {
            line.Append(' ').Append(part switch
            {
                ContentPart.Text text => $"<{text.Value}>",
                ContentPart.Image image => $"image<{image.Url}>",
                ContentPart.Unsupported other => $"unsupported<{other.Type}>",
                _ => part.ToString(),
            });
        }

        foreach (var call in message.ToolCalls)
        {
            line.Append($" call<{call.Id} {call.Name} {call.Arguments}>");
        }

        return line.ToString();
    }
}
