using GGLib.Rendering;
using GGLib.Server.Telemetry;
using GGLib.Serving;

namespace GGLib.Tests.Program;

/// <summary>A line a request, a moment later.</summary>
public sealed class RequestLogTests : IDisposable
{
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task Lines_come_in_order_and_none_is_lost_at_the_end()
    {
        await using (var log = Start())
        {
            log.Begin();
            foreach (var number in Enumerable.Range(0, 500))
            {
                log.Add(Line($"/{number}"));
            }
        }

        Assert.Equal(Enumerable.Range(0, 500).Select(static number => $"/{number}"), Paths());
    }

    [Fact]
    public async Task What_came_before_the_beginning_waits_for_it_and_a_hidden_one_never_comes()
    {
        await using (var log = Start())
        {
            log.HideOne("/proof");
            log.Add(Line("/proof"));
            log.Add(Line("/proof"));
            log.Add(Line("/early"));
            Assert.Empty(_output.ToString());
        }

        Assert.Equal(["/proof", "/early"], Paths());
    }

    private static RequestLine Line(string path) => new("GET", path, 200, TimeSpan.FromMilliseconds(2), new RequestNotes());

    private RequestLog Start() => new(new Screen(TextWriter.Synchronized(_output), TextWriter.Null, isTerminal: false, colour: false), TimeProvider.System);

    private IEnumerable<string> Paths() => _output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2]);
}
