using System.Text.Json;
using GGLib.Catalog.Templates;
using GGLib.Server.Failures;
using GGLib.Server.Requests;
using GGLib.Server.Threads;

namespace GGLib.Server.Prompts;

/// <summary>Renders conversations with Go templates.</summary>
internal static class GoTemplateText
{
    /// <summary>Renders a conversation.</summary>
    /// <param name="template">The template.</param>
    /// <param name="messages">The conversation; images are ignored.</param>
    /// <param name="tools">The tools in OpenAI's form, or null.</param>
    /// <param name="think">The client's wish about thinking.</param>
    /// <param name="canThink">Whether the model can think; it does unless the client disables it.</param>
    /// <param name="clock">The clock of <c>currentDate</c>.</param>
    public static (string? Text, InferenceFailure? Failure) Of(
        GoTemplate template, IReadOnlyList<ChatMessage> messages, JsonElement? tools, ThinkingRequest? think, bool canThink, TimeProvider clock)
    {
        SocketThread.Forbid();
        var documents = new List<JsonDocument>();
        try
        {
            var result = template.Render(new TemplateInput
            {
                Messages = [.. messages.Select(message => Message(message, documents))],
                Tools = tools is { } given ? [.. given.EnumerateArray()] : [],
                Think = think?.Enabled ?? canThink,
                ThinkLevel = think?.Effort ?? "",
                IsThinkSet = think is not null || canThink,
                Clock = clock,
            });
            return result.Succeeded ? (result.Text, null) : (null, new InferenceFailure.TemplateRejected(result.Problem.ToString()));
        }
        finally
        {
            documents.ForEach(static document => document.Dispose());
        }
    }

    /// <summary>Renders a gap to fill in.</summary>
    public static (string? Text, InferenceFailure? Failure) OfGap(GoTemplate template, string before, string after, TimeProvider clock)
    {
        SocketThread.Forbid();
        var result = template.Render(new TemplateInput { Prompt = before, Suffix = after, Clock = clock });
        return result.Succeeded ? (result.Text, null) : (null, new InferenceFailure.TemplateRejected(result.Problem.ToString()));
    }

    private static TemplateMessage Message(ChatMessage message, List<JsonDocument> documents) => new(message.Role, message.Text)
    {
        Thinking = message.Thinking,
        ToolName = message.ToolName,
        ToolCallId = message.ToolCallId,
        ToolCalls = [.. message.ToolCalls.Select((call, index) =>
        {
            var arguments = JsonDocument.Parse(call.Arguments, new JsonDocumentOptions { MaxDepth = 256 });
            documents.Add(arguments);
            return new TemplateToolCall(call.Name, arguments.RootElement) { Id = call.Id, Index = index };
        })],
    };
}
