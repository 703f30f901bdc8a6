using System.Text.Json;
using GGLib.Server.Dialects.OpenAI.Responses;
using GGLib.Server.Failures;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

/// <summary>Reads requests for tests.</summary>
internal static class ReadBody
{
    public static InferenceRequest Valid(string json)
    {
        var read = ResponsesReader.Read(JsonDocument.Parse(json).RootElement, new ResponseStore(100, 1 << 20));
        Assert.Null(read.Failure);
        return read.Request!;
    }

    /// <summary>The request with these items as its input.</summary>
    public static InferenceRequest Items(string items, string more = "") => Valid($$"""{"model":"m","input":[{{items}}]{{more}}}""");

    public static InferenceFailure.InvalidRequest Invalid(string json) =>
        Assert.IsType<InferenceFailure.InvalidRequest>(ResponsesReader.Read(JsonDocument.Parse(json).RootElement, new ResponseStore(100, 1 << 20)).Failure);

    /// <summary>A conversation in one line per message: the role, what it thought in brackets, its parts, its calls, and which call it answers.</summary>
    public static string Show(InferenceRequest request) => string.Join('\n', request.Messages.Select(static message =>
        message.Role
        + (message.Thinking.Length > 0 ? $" [{message.Thinking}]" : "")
        + string.Concat(message.Parts.Select(static part => part switch
        {
            ContentPart.Text text => $" \"{text.Value}\"",
            ContentPart.Image image => $" image({image.Url})",
            ContentPart.Audio audio => $" audio({audio.Base64},{audio.Format})",
            ContentPart.Unsupported other => $" unsupported({other.Type})",
            _ => " ?",
        }))
        + string.Concat(message.ToolCalls.Select(static call => $" {call.Name}#{call.Id}{call.Arguments}"))
        + (message.Role == "tool" ? $" <- {message.ToolName}#{message.ToolCallId}" : "")));
}
