using GGLib.Server.Failures;
using GGLib.Server.Requests;

namespace GGLib.Server.Pipeline;

/// <summary>Applies a request's tool choice by leaving out the tools that may not be called. The engine has no form for a named tool or a list of allowed ones.</summary>
internal static class ToolSelection
{
    /// <summary>The request with only the tools that may be called; none when calls are forbidden.</summary>
    /// <param name="request">The request.</param>
    /// <param name="failure">Why the choice is invalid; null when it is valid.</param>
    public static InferenceRequest? Apply(InferenceRequest request, out InferenceFailure? failure)
    {
        failure = null;
        var choice = request.ToolChoice;
        if (choice.Mode is ToolChoiceMode.None)
        {
            return request with { Tools = [] };
        }

        if (choice.Names?.FirstOrDefault(name => request.Tools.All(tool => tool.Name != name)) is { } unknown)
        {
            failure = new InferenceFailure.InvalidRequest($"tool_choice names the tool '{unknown}', which is not in 'tools'", "tool_choice");
            return null;
        }

        if (choice.Mode is ToolChoiceMode.Required && request.Tools.Count == 0)
        {
            failure = new InferenceFailure.InvalidRequest("tool_choice requires a tool call, but 'tools' is empty", "tool_choice");
            return null;
        }

        return choice.Names is { } names ? request with { Tools = [.. request.Tools.Where(tool => names.Contains(tool.Name))] } : request;
    }
}
