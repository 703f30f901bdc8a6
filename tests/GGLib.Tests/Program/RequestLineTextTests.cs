using GGLib.Rendering;
using GGLib.Server.Telemetry;

namespace GGLib.Tests.Program;

public sealed class RequestLineTextTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_plain_request_is_short() =>
        Assert.Equal(
            "03:04:05  GET /api/tags               200  -                          2 ms",
            RequestLineText.Of(new RequestLine("GET", "/api/tags", 200, TimeSpan.FromMilliseconds(2), new RequestNotes()), At, new Paint(on: false)));

    [Fact]
    public void A_client_cannot_write_to_the_terminal()
    {
        var text = RequestLineText.Of(new RequestLine("GET", "/\e[2J\r\nforged", 404, TimeSpan.Zero, new RequestNotes()), At, new Paint(on: false));
        Assert.DoesNotContain(text, char.IsControl);
    }

    [Fact]
    public void A_client_that_left_is_no_error() =>
        Assert.EndsWith("the client left", RequestLineText.Of(new RequestLine("POST", "/api/chat", 499, TimeSpan.Zero, new RequestNotes()), At, new Paint(on: false)), StringComparison.Ordinal);

    [Fact]
    public void The_checks_of_tool_calls_are_reported() => Assert.EndsWith(
        "ms  repaired 2 tool calls  invalid tool call: its arguments are not JSON  ended a tool call loop",
        RequestLineText.Of(
            new RequestLine("POST", "/api/chat", 200, TimeSpan.Zero, new RequestNotes { RepairedToolCalls = 2, ToolCallProblem = "its arguments are not\nJSON", EndedToolCallLoop = true }), At, new Paint(on: false)),
        StringComparison.Ordinal);
}
