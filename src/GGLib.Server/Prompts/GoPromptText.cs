using System.Text.Json;
using GGLib.Catalog.Templates;
using GGLib.Server.Inference;
using GGLib.Server.Requests;

namespace GGLib.Server.Prompts;

/// <summary>A conversation as a Go template writes it.</summary>
internal static class GoPromptText
{
    /// <summary>The text, or why the template cannot write it.</summary>
    /// <param name="template">The template.</param>
    /// <param name="messages">The conversation; images are passed over.</param>
    /// <param name="tools">The tools as the client sent them, or null.</param>
    /// <param name="think">What the client said about thinking.</param>
    /// <param name="canThink">Whether the model thinks: it does when nobody says anything.</param>
    /// <param name="clock">The clock of <c>currentDate</c>.</param>
    public static (string? Text, EngineProblem? Problem) Of(
        GoTemplate template, IReadOnlyList<ChatMessage> messages, JsonElement? tools, ThinkField? think, bool canThink, TimeProvider clock)
    {
        var documents = new List<JsonDocument>();
        try
        {
            var result = template.Render(new TemplateInput
            {
                Messages = [.. messages.Select(message => Message(message, documents))],
                Tools = tools is { } given ? [.. given.EnumerateArray()] : [],
                Think = think?.Enabled ?? canThink,
                ThinkLevel = think?.Level ?? "",
                IsThinkSet = think is not null || canThink,
                Clock = clock,
            });
            return result.Succeeded ? (result.Text, null) : (null, new EngineProblem(400, result.Problem.ToString()));
        }
        finally
        {
            documents.ForEach(static document => document.Dispose());
        }
    }

    /// <summary>The text of a gap to fill in.</summary>
    public static (string? Text, EngineProblem? Problem) OfGap(GoTemplate template, string before, string after, TimeProvider clock)
    {
        var result = template.Render(new TemplateInput { Prompt = before, Suffix = after, Clock = clock });
        return result.Succeeded ? (result.Text, null) : (null, new EngineProblem(400, result.Problem.ToString()));
    }

    private static TemplateMessage Message(ChatMessage message, List<JsonDocument> documents) => new(message.Role, message.Content)
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
