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

        if (common.Invalid is { } invalid)
        {
            return invalid;
        }

        var request = common.Request;
        if (request.Model.Trim().Length == 0)
        {
            return new InferenceFailure.InvalidRequest("model is required");
        }

        // A request that only loads the model is answered with one object, streamed or not.
        var loadsOnly = messages.Count == 0;
        return request with
        {
            Messages = messages,
            Tools = tools,
            LoadsOnly = loadsOnly,
            Stream = request.Stream && !loadsOnly,
            Deferred = common.OptionFailure ?? (loadsOnly ? null : common.FormatFailure ?? SchemaFaults.OfTools(tools)),
        };
    }
}
