using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Dialects.Anthropic.Messages;

/// <summary>The fields <c>tools</c> and <c>tool_choice</c>.</summary>
public sealed class ToolReaderTests
{
    private const string Tools = "\"tools\":[{\"name\":\"get\",\"description\":\"d\",\"input_schema\":{\"type\":\"object\"}},{\"name\":\"list\",\"input_schema\":{}}]";

    [Fact]
    public void Tools_of_the_client_are_read()
    {
        var tools = RequestText.With("""
            "tools":[{"name":"a","description":"d","input_schema":{"type":"object","properties":null,"required":null},"cache_control":{"type":"ephemeral"},"defer_loading":true,"strict":true},
            {"type":"custom","name":"b","description":null,"input_schema":null},{"type":null,"name":"c"}]
            """).Tools;

        Assert.Equal(
            [("a", "d", "{\"type\":\"object\",\"properties\":null,\"required\":null}"), ("b", null, null), ("c", null, null)],
            tools.Select(tool => (tool.Name, tool.Description, tool.Parameters?.GetRawText())));
    }

    [Theory]
    [InlineData("""{"type":"web_search_20250305","name":"web_search"}""", "")]
    [InlineData("""{"type":"code_execution_20250825","name":"code_execution"},{"type":"mcp_toolset","mcp_server_name":"m"},{"type":"computer_20250124","name":"computer","display_width_px":1,"display_height_px":1},{"name":"t"}""", "t")]
    [InlineData("""{"type":"tool_search_tool_regex_20251119","name":"tool_search_tool_regex"},{"type":"future_tool_20300101","name":"f"}""", "")]
    [InlineData("""{"type":"bash_20250124","name":"bash"},{"type":"text_editor_20250728","name":"str_replace_based_edit_tool"},{"type":"text_editor_20250124","name":"str_replace_editor"},{"type":"memory_20250818","name":"memory"}""", "bash str_replace_based_edit_tool str_replace_editor memory")]
    public void Tools_that_the_client_runs_are_offered(string tools, string expected) =>
        Assert.Equal(expected, string.Join(' ', RequestText.With($"\"tools\":[{tools}]").Tools.Select(tool => tool.Name)));

    [Fact]
    public void Known_tools_have_schemas()
    {
        var tools = RequestText.With("\"tools\":[{\"type\":\"bash_20250124\"},{\"type\":\"text_editor_20250728\",\"name\":\"edit\"},{\"type\":\"text_editor_20241022\"},{\"type\":\"memory_20250818\"}]").Tools;

        Assert.Equal(
            [
                ("bash", "command restart", ""), ("edit", "command path file_text old_str insert_line view_range new_str insert_text", "view create str_replace insert"),
                ("str_replace_editor", "command path file_text old_str insert_line view_range new_str", "view create str_replace insert undo_edit"),
                ("memory", "command path file_text old_str new_str insert_line insert_text view_range old_path new_path", "view create str_replace insert delete rename"),
            ],
            tools.Select(tool =>
            {
                var properties = tool.Parameters!.Value.GetProperty("properties");
                var commands = properties.GetProperty("command").TryGetProperty("enum", out var list) ? string.Join(' ', list.EnumerateArray().Select(item => item.GetString())) : "";
                return (tool.Name, string.Join(' ', properties.EnumerateObject().Select(property => property.Name)), commands);
            }));
    }

    [Theory]
    [InlineData("{\"type\":\"auto\"}", "Auto", null, null)]
    [InlineData("{\"type\":\"auto\",\"disable_parallel_tool_use\":true}", "Auto", null, false)]
    [InlineData("{\"type\":\"any\",\"disable_parallel_tool_use\":false}", "Required", null, true)]
    [InlineData("{\"type\":\"none\"}", "None", null, null)]
    [InlineData("{\"type\":\"tool\",\"name\":\"list\",\"disable_parallel_tool_use\":null}", "Required", "list", null)]
    public void A_choice_is_read(string choice, string mode, string? name, bool? parallel)
    {
        var request = RequestText.With($"{Tools},\"tool_choice\":{choice}");

        Assert.Equal((mode, name, parallel), (request.ToolChoice.Mode.ToString(), request.ToolChoice.Names?.Single(), request.ParallelToolCalls));
    }

    [Fact]
    public void Without_a_choice_the_model_decides() => Assert.Same(ToolChoice.Auto, RequestText.With(Tools).ToolChoice);

    [Theory]
    [InlineData("\"tools\":1", "tools: must be an array")]
    [InlineData("\"tools\":[1]", "tools.0: must be an object")]
    [InlineData("\"tools\":[{\"name\":\"a\"},{\"description\":\"x\"}]", "tools.1.name: is required")]
    [InlineData("\"tools\":[{\"name\":\"a\",\"input_schema\":[]}]", "tools.0.input_schema: must be an object")]
    [InlineData(Tools + ",\"tool_choice\":\"auto\"", "tool_choice: must be an object")]
    [InlineData(Tools + ",\"tool_choice\":{\"type\":\"required\"}", "tool_choice.type: 'required' is not supported; use 'auto', 'any', 'tool' or 'none'")]
    [InlineData(Tools + ",\"tool_choice\":{\"type\":\"tool\"}", "tool_choice.name: is required")]
    [InlineData(Tools + ",\"tool_choice\":{\"type\":\"tool\",\"name\":\"zzz\"}", "tool_choice.name: tool 'zzz' is not in 'tools', or is not one that the client runs")]
    [InlineData("\"tool_choice\":{\"type\":\"any\"}", "tool_choice: 'any' needs at least one tool that the client runs")]
    public void A_wrong_value_is_named(string fields, string error) => Assert.Equal(error, RequestText.ErrorWith(fields).Message);
}
