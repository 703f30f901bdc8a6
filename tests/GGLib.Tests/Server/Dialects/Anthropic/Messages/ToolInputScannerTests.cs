using System.Text;
using GGLib.Server.Dialects.Anthropic.Messages;
using GGLib.Server.Json;

namespace GGLib.Tests.Server.Dialects.Anthropic.Messages;

/// <summary>Where a tool call's arguments end.</summary>
public sealed class ToolInputScannerTests
{
    [Theory]
    [InlineData("{}", "", true)]
    [InlineData(" \n{ \"a\" : [ { } ] }", " rest", true)]
    [InlineData("{\"}\":\"\\\"}\\\\\"}", "}", true)]
    [InlineData("{\"a\":\"{[é😀\"}", "", true)]
    [InlineData("{\"a\":1", "", false)]
    [InlineData("{\"a\":\"}", "", false)]
    [InlineData("[{}]", "", false)]
    [InlineData("\"{}\"", "", false)]
    [InlineData("1{}", "", false)]
    [InlineData("}{}", "", false)]
    [InlineData("", "", false)]
    public void The_end_is_found(string input, string rest, bool isComplete)
    {
        var scanner = new ToolInputScanner();
        var escaped = EscapedText.From(input + rest);
        var end = scanner.Read(escaped);

        Assert.Equal((isComplete, input), (scanner.IsComplete, EscapedText.ToText(escaped.AsSpan(0, end))));
    }

    [Fact]
    public void Characters_may_be_written_as_codes()
    {
        var scanner = new ToolInputScanner();
        scanner.Read("\\u007b\\u0022a\\u0022:\\u0022\\u005c\\u0022}"u8);
        Assert.False(scanner.IsComplete);
        scanner.Read("\\u0022\\u007d"u8);
        Assert.True(scanner.IsComplete);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(" \n\t", false)]
    [InlineData("{", true)]
    public void White_space_is_no_content(string input, bool expected)
    {
        var scanner = new ToolInputScanner();
        scanner.Read(Encoding.UTF8.GetBytes(input.Replace("\n", "\\n", StringComparison.Ordinal)));

        Assert.Equal(expected, scanner.HasContent);
    }
}
