using GGLib.Server.Dialects.OpenAI.Responses;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

public class ResponsesToolsTests
{
    private const string Tools =
        """
        "tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},{"type":"custom","name":"patch"},{"type":"web_search"},
                 {"type":"namespace","name":"mcp__weather","description":"d","tools":[{"type":"function","name":"get_weather"}]},
                 {"type":"namespace","name":"mcp__other","description":"d","tools":[{"type":"function","name":"same"},{"type":"function","name":"f"}]},
                 {"type":"namespace","name":"mcp__third","description":"d","tools":[{"type":"function","name":"same"}]}]
        """;

    [Fact]
    public void Functions_keep_their_names_and_schemas()
    {
        var tool = ReadBody.Valid($$"""{"model":"m","input":"q",{{Tools}}}""").Tools[0];
        Assert.Equal(("f", "d", """{"type":"object"}"""), (tool.Name, tool.Description, tool.Parameters!.Value.GetRawText()));
    }

    [Fact]
    public void Null_is_absent()
    {
        var tool = ReadBody.Valid("""{"model":"m","input":"q","tools":[{"type":"function","name":"f","description":null,"parameters":null,"strict":null}],"tool_choice":null}""").Tools[0];
        Assert.Null(tool.Description);
        Assert.Null(tool.Parameters);
        Assert.Empty(ReadBody.Valid("""{"model":"m","input":"q","tools":null}""").Tools);
    }

    [Fact]
    public void The_nested_form_of_chat_completions_is_accepted() =>
        Assert.Equal("f", Assert.Single(ReadBody.Valid("""{"model":"m","input":"q","tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"tool_choice":{"type":"function","function":{"name":"f"}}}""").Tools).Name);

    [Theory]
    [InlineData("web_search")]
    [InlineData("web_search_preview_2025_03_11")]
    [InlineData("local_shell")]
    [InlineData("file_search")]
    [InlineData("computer_use_preview")]
    [InlineData("image_generation")]
    [InlineData("code_interpreter")]
    [InlineData("mcp")]
    [InlineData("something_new")]
    public void Built_in_tools_are_ignored(string type)
    {
        var request = ReadBody.Valid($$$"""{"model":"m","input":"q","tools":[{"type":"{{{type}}}","name":"x"}],"tool_choice":{"type":"{{{type}}}"}}""");
        Assert.Empty(request.Tools);
        Assert.Equal(ToolChoice.Auto, request.ToolChoice);
    }

    [Theory]
    [InlineData("", "Write the input as plain text.")]
    [InlineData(""","description":"Edits files.","format":{"type":"text"}""", "Edits files.\n\nWrite the input as plain text.")]
    [InlineData(""","description":"Edits files.","format":{"type":"grammar","syntax":"lark","definition":"start: A"}""", "Edits files.\n\nWrite the input as plain text that matches this lark grammar:\nstart: A")]
    public void A_custom_tool_is_a_function_with_one_text(string fields, string description)
    {
        var tool = Assert.Single(ReadBody.Valid($$"""{"model":"m","input":"q","tools":[{"type":"custom","name":"patch"{{fields}}}]}""").Tools);
        Assert.Equal(("patch", description), (tool.Name, tool.Description));
        Assert.Equal("""{"type":"object","properties":{"input":{"type":"string","description":"The whole input of the tool."}},"required":["input"],"additionalProperties":false}""", tool.Parameters!.Value.GetRawText());
    }

    [Theory]
    [InlineData("""{"input":"a\nb"}""", "a\nb")]
    [InlineData("""{"input":""}""", "")]
    [InlineData("""{"patch":"x"}""", """{"patch":"x"}""")]
    [InlineData("plain text", "plain text")]
    [InlineData("""{ "input" : "a\u00e9\ud83d""", "aé")]
    [InlineData("""{"input":"a\""", "a")]
    [InlineData("""{"input":""", "")]
    [InlineData("", "")]
    public void The_input_of_a_custom_tool_is_in_the_arguments(string arguments, string input) => Assert.Equal(input, CustomToolInput.FromArguments(arguments));

    [Fact]
    public void Tools_in_namespaces_are_prefixed() =>
        Assert.Equal(["f", "patch", "mcp__weather__get_weather", "mcp__other__same", "mcp__other__f", "mcp__third__same"], ReadBody.Valid($$"""{"model":"m","input":"q",{{Tools}}}""").Tools.Select(static tool => tool.Name));

    [Fact]
    public void Flattened_names_are_short_clean_and_different()
    {
        var names = new ToolNames();
        var first = names.Declare(new($"{new string('a', 70)}1", "mcp", false))!;
        var second = names.Declare(new($"{new string('a', 70)}2", "mcp", false))!;
        Assert.NotEqual(first, second);
        Assert.Equal((64, 64), (first.Length, second.Length));
        Assert.Equal("mcp__my_server__get_it", names.Declare(new("get.it", "mcp__my server__", false)));
        Assert.Equal("mcp__my_server__get_it_", names.Declare(new("get it", "mcp__my.server", false))![..^8]);
        Assert.Null(names.Declare(new("get it", "mcp__my.server", false)));
    }

    [Fact]
    public void Calls_in_the_history_get_the_flattened_name() => Assert.Equal(
        "user \"q\"\nassistant mcp__weather__get_weather#c1{} mcp__weather__get_weather#c2{} f#c3{} mcp__gone__tool#c4{}\ntool \"r\" <- mcp__weather__get_weather#c1",
        ReadBody.Show(ReadBody.Items(
            """
            {"role":"user","content":"q"},
            {"type":"function_call","call_id":"c1","name":"get_weather","namespace":"mcp__weather","arguments":"{}"},
            {"type":"function_call","call_id":"c2","name":"get_weather","arguments":"{}"},
            {"type":"function_call","call_id":"c3","name":"f","namespace":null,"arguments":"{}"},
            {"type":"function_call","call_id":"c4","name":"tool","namespace":"mcp__gone","arguments":"{}"},
            {"type":"function_call_output","call_id":"c1","output":"r"}
            """,
            "," + Tools)));

    [Theory]
    [InlineData("\"none\"", "None")]
    [InlineData("\"auto\"", "Auto")]
    [InlineData("\"required\"", "Required")]
    [InlineData("""{"type":"function","name":"f"}""", "Required f")]
    [InlineData("""{"type":"custom","name":"patch"}""", "Required patch")]
    [InlineData("""{"type":"function","name":"get_weather"}""", "Required mcp__weather__get_weather")]
    [InlineData("""{"type":"function","name":"same","namespace":"mcp__third"}""", "Required mcp__third__same")]
    [InlineData("""{"type":"web_search_preview"}""", "Auto")]
    [InlineData("""{"type":"mcp","server_label":"x"}""", "Auto")]
    [InlineData("""{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"},{"type":"custom","name":"patch"},{"type":"web_search"}]}""", "Auto f,patch")]
    [InlineData("""{"type":"allowed_tools","mode":"required","tools":[{"type":"namespace","name":"mcp__other"}]}""", "Required mcp__other__same,mcp__other__f")]
    [InlineData("""{"type":"allowed_tools","mode":"auto","tools":[{"type":"web_search"}]}""", "None")]
    public void Tool_choices(string choice, string expected)
    {
        var read = ReadBody.Valid($$"""{"model":"m","input":"q","tool_choice":{{choice}},{{Tools}}}""").ToolChoice;
        Assert.Equal(expected, read.Names is null ? $"{read.Mode}" : $"{read.Mode} {string.Join(',', read.Names)}");
    }

    [Theory]
    [InlineData("\"maybe\"", "tool_choice", "Invalid value: 'maybe'. Supported values are: 'none', 'auto', and 'required'.")]
    [InlineData("""{"type":"function","name":"gone"}""", "tool_choice", "Tool choice 'gone' not found in 'tools' parameter.")]
    [InlineData("""{"type":"function","name":"same"}""", "tool_choice", "Tool choice 'same' not found in 'tools' parameter.")]
    [InlineData("""{"type":"function"}""", "tool_choice.name", "Missing required parameter: 'tool_choice.name'.")]
    [InlineData("""{"type":"allowed_tools","tools":[{"type":"function","name":"gone"}]}""", "tool_choice", "Tool choice 'gone' not found in 'tools' parameter.")]
    [InlineData("7", "tool_choice", "Invalid type for 'tool_choice': expected a string or an object, but got an integer instead.")]
    public void Choices_of_nothing_are_invalid(string choice, string parameter, string message)
    {
        var failure = ReadBody.Invalid($$"""{"model":"m","input":"q","tool_choice":{{choice}},{{Tools}}}""");
        Assert.Equal((parameter, message), (failure.Parameter, failure.Message));
    }

    [Fact]
    public void A_call_cannot_be_required_without_tools() =>
        Assert.Equal("Tool choice 'required' must be specified with 'tools' parameter.", ReadBody.Invalid("""{"model":"m","input":"q","tool_choice":"required"}""").Message);
}
