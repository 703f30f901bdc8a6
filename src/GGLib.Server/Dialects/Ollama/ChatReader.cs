using GGLib.Catalog;
using GGLib.Server.Dialects.Anthropic.Messages;
using GGLib.Server.Failures;
using GGLib.Server.Pipeline;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>Reads <c>POST /api/chat</c>. Source: Ollama's <c>docs/api.md</c>.</summary>
internal static class ChatReader
{
    public static ReadRequest Read(RequestBody body)
    {
        var fields = new GoObject(body.Json, "ChatRequest");
        var common = CommonFields.Read(fields);
        IReadOnlyList<ChatMessage> messages = [.. fields.Array("messages", "[]api.Message").Select(message => MessageField.Read(message, fields))];
        var tools = ToolsField.Read(fields);
        if (fields.Error is { } error)
        {
            return new InferenceFailure.InvalidRequest(error) { IsUnreadable = true };
        }

        if (common.Model.Trim().Length == 0)
        {
            return new InferenceFailure.InvalidRequest("model is required");
        }

        if (!ModelName.TryParse(common.Model, out _))
        {
            return new InferenceFailure.InvalidRequest("invalid model name");
        }

        // A request that only loads the model is answered with one object, streamed or not.
        return common with { Messages = messages, Tools = tools, Deferred = common.Deferred ?? SchemaFaults.OfTools(tools), LoadsOnly = messages.Count == 0, Stream = common.Stream && messages.Count > 0 };
    }
}
