using System.Text.Json;
using GGLib.Server.Failures;
using GGLib.Server.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.OpenAI;

/// <summary>Reads the field <c>tool_choice</c>, and its predecessor <c>function_call</c>, in the form of chat completions.</summary>
internal static class ToolChoiceField
{
    public static ToolChoice Read(JsonElement request, out InferenceFailure? failure)
    {
        failure = null;
        switch (request.Given("tool_choice"u8) ?? request.Given("function_call"u8))
        {
            case null:
                return ToolChoice.Auto;
            case { ValueKind: JsonValueKind.String } word when Mode(word.GetString()) is { } mode:
                return new ToolChoice(mode);
            case { ValueKind: JsonValueKind.Object } choice when NameOf(choice) is { } name:
                return ToolChoice.Of(name);
            case { ValueKind: JsonValueKind.Object } choice when choice.GivenText("type"u8) is "allowed_tools":
                var allowed = choice.Given("allowed_tools"u8) ?? choice;
                return new ToolChoice(Mode(allowed.GivenText("mode"u8)) ?? ToolChoiceMode.Auto, [.. allowed.GivenItems("tools"u8).Select(NameOf).OfType<string>()]);
            default:
                failure = new InferenceFailure.InvalidRequest("tool_choice must be \"none\", \"auto\", \"required\", or an object that names a function", "tool_choice");
                return ToolChoice.Auto;
        }
    }

    private static ToolChoiceMode? Mode(string? word) => word switch
    {
        "none" => ToolChoiceMode.None,
        "auto" => ToolChoiceMode.Auto,
        "required" or "any" => ToolChoiceMode.Required,
        _ => null,
    };

    private static string? NameOf(JsonElement choice) => choice.Given("function"u8)?.GivenText("name"u8) ?? choice.Given("custom"u8)?.GivenText("name"u8) ?? choice.GivenText("name"u8);
}
