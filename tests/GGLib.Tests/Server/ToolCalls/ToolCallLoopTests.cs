using GGLib.Server.Requests;
using GGLib.Server.ToolCalls;

namespace GGLib.Tests.Server.ToolCalls;

public sealed class ToolCallLoopTests
{
    [Theory]
    [InlineData("u a", "a", 2, true)]
    [InlineData("u a", "a", 3, false)]
    [InlineData("u a a", "a", 3, true)]
    [InlineData("u a b a", "a", 3, false)]
    [InlineData("u a b a b", "a", 2, false)]
    [InlineData("u ab ab", "ab", 3, true)]
    [InlineData("u ab ba", "ab", 3, false)]
    [InlineData("u", "aaa", 3, true)]
    [InlineData("u", "aab", 3, false)]
    [InlineData("u a", "aa", 3, true)]
    [InlineData("u a", "aa", 4, false)]
    [InlineData("u a a a", "b", 3, false)]
    [InlineData("u a a a", "ba", 3, false)]
    [InlineData("u a a t u", "a", 3, false)] // the model ended its turn
    [InlineData("u a u a u", "a", 3, true)] // a reminder between results is not a new turn
    [InlineData("u a t a", "a", 3, true)] // text and calls of one answer in two messages
    [InlineData("u a a a", "a", 0, false)]
    [InlineData("u a", "", 1, false)]
    public void Identical_calls_in_a_row_are_counted(string conversation, string calls, int limit, bool isLoop) =>
        Assert.Equal(isLoop, ToolCallLoop.IsReached([.. conversation.Split(' ').SelectMany(Messages)], [.. calls.Select(Call)], limit));

    [Theory]
    [InlineData("""{"a":1,"b":[2]}""", """{ "b" : [2.0], "a": 1 }""", true)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", false)]
    [InlineData("{", "{", true)]
    [InlineData("{", "{}", false)]
    public void Arguments_are_compared_as_values(string before, string now, bool isLoop) => Assert.Equal(
        isLoop,
        ToolCallLoop.IsReached([new ChatMessage { Role = "assistant", ToolCalls = [new ToolCall("", "f", before)] }, ChatMessage.Of("tool", "r")], [new HeldCall("1", "f", now)], 2));

    // u: a user message; t: an assistant's text; other letters: an answer with these calls, and their results
    private static IEnumerable<ChatMessage> Messages(string turn) => turn switch
    {
        "u" or "t" => [ChatMessage.Of(turn == "u" ? "user" : "assistant", "x")],
        _ => [new ChatMessage { Role = "assistant", ToolCalls = [.. turn.Select(static letter => new ToolCall("", letter.ToString(), "{}"))] }, .. turn.Select(static _ => ChatMessage.Of("tool", "r"))],
    };

    private static HeldCall Call(char letter) => new("1", letter.ToString(), "{}");
}
