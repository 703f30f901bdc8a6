using System.Text.Json;
using GGLib.Catalog.Templates;

namespace GGLib.Tests.Catalog.Templates;

/// <summary>Short ways to say: this template, with this input, gives that.</summary>
internal static class Rendering
{
    public static GoTemplate Parsed(string template)
    {
        var result = GoTemplate.Parse(template);
        Assert.True(result.Succeeded, result.Problem?.ToString());
        return result.Template;
    }

    public static string Of(string template, TemplateInput input)
    {
        var result = Parsed(template).Render(input);
        Assert.True(result.Succeeded, result.Problem?.ToString());
        return result.Text;
    }

    public static string Of(string template, params TemplateMessage[] messages) => Of(template, new TemplateInput { Messages = messages });

    /// <summary>
    /// Renders with one message of each kind. The mention of .Messages keeps the template from being one for a single round.
    /// </summary>
    public static string Sample(string template) => Of("{{ if .Messages }}{{ end }}" + template, SampleInput);

    public static TemplateProblem Fault(string template)
    {
        var result = Parsed("{{ if .Messages }}{{ end }}" + template).Render(SampleInput);
        Assert.False(result.Succeeded, result.Text);
        return result.Problem;
    }

    public static TemplateInput SampleInput { get; } = new()
    {
        Messages =
        [
            new("system", "Be brief."),
            new("user", "Größe?") { Images = [new byte[] { 1, 2, 3 }] },
            new("assistant", "Let me see.")
            {
                Thinking = "hm",
                ToolCalls = [new("measure", Json("""{"unit":"cm","exact":true,"max":1000000,"a":{"z":1,"b":[1.5,null,"<x>"]}}""")) { Id = "c1", Index = 2 }],
            },
            new("tool", "5") { ToolName = "measure", ToolCallId = "c1" },
        ],
        Tools =
        [
            Json("""
                {"type":"function","function":{"name":"measure","description":"Sizes & <more>","strict":true,
                 "parameters":{"type":"object","required":["unit"],"properties":{
                   "unit":{"type":"string","description":"The unit","enum":["cm","in"]},
                   "max":{"type":["number","null"]},
                   "opts":{"type":"object","properties":{"z":{"type":"integer"},"a":{"type":"boolean"}}}}}}}
                """),
        ],
        Think = true,
        ThinkLevel = "high",
    };

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
