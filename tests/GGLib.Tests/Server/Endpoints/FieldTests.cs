using System.Text.Json;
using GGLib.Engine.Launching;
using GGLib.Server.Requests;

namespace GGLib.Tests.Server.Endpoints;

/// <summary>Fields that are read as Go reads them.</summary>
public sealed class FieldTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("300ms", 3_000_000)]
    [InlineData("1.5h", 54_000_000_000)]
    [InlineData("-1.5h", -54_000_000_000)]
    [InlineData("+5m", 3_000_000_000)]
    [InlineData("2h45m", 99_000_000_000)]
    [InlineData("1h0m0.5s", 36_005_000_000)]
    [InlineData(".5s", 5_000_000)]
    [InlineData("1.s", 10_000_000)]
    [InlineData("100ns", 1)]
    [InlineData("1us", 10)]
    [InlineData("1µs", 10)]
    [InlineData("1μs", 10)]
    [InlineData("24h", 864_000_000_000)]
    public void Durations(string text, long ticks)
    {
        Assert.True(GoDuration.TryParse(text, out var duration, out var error), error);
        Assert.Equal(ticks, duration.Ticks);
    }

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("-", "time: invalid duration \"-\"")]
    [InlineData("abc", "time: invalid duration \"abc\"")]
    [InlineData(".", "time: invalid duration \".\"")]
    [InlineData(".s", "time: invalid duration \".s\"")]
    [InlineData("1.2.3s", "time: invalid duration \"1.2.3s\"")]
    [InlineData("10", "time: missing unit in duration \"10\"")]
    [InlineData("1h5", "time: missing unit in duration \"1h5\"")]
    [InlineData("1d", "time: unknown unit \"d\" in duration \"1d\"")]
    [InlineData("1 s", "time: unknown unit \" s\" in duration \"1 s\"")]
    [InlineData("99999999999h", "time: invalid duration \"99999999999h\"")]
    [InlineData("5m ", "time: unknown unit \"m \" in duration \"5m \"")]
    public void What_is_no_duration(string text, string expected)
    {
        Assert.False(GoDuration.TryParse(text, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("0", false, 0.0)]
    [InlineData("\"0\"", false, 0.0)]
    [InlineData("2.5", false, 2.5)]
    [InlineData("\"10m\"", false, 600.0)]
    [InlineData("-1", true, 0.0)]
    [InlineData("-0.001", true, 0.0)]
    [InlineData("\"-1s\"", true, 0.0)]
    [InlineData("1e300", true, 0.0)]
    public void Keep_alives(string json, bool forever, double seconds)
    {
        using var document = JsonDocument.Parse($$"""{"keep_alive":{{json}}}""");
        var keepAlive = KeepAliveField.Read(new GoObject(document.RootElement, "ChatRequest"));

        Assert.Equal(forever ? KeepAlive.Forever : KeepAlive.For(TimeSpan.FromSeconds(seconds)), keepAlive);
    }

    [Theory]
    [InlineData("""{"Model":"a"}""", "a")]
    [InlineData("""{"MODEL":"a","model":"b"}""", "b")]
    [InlineData("""{"model":"a","MODEL":"b"}""", "b")]
    [InlineData("""{"model":null}""", "")]
    [InlineData("""{"model":"a","model":null}""", "")]
    [InlineData("{}", "")]
    public void Strings(string json, string expected)
    {
        using var document = JsonDocument.Parse(json);
        var request = new GoObject(document.RootElement, "ChatRequest");

        Assert.Equal(expected, request.String("model"));
        Assert.Null(request.Error);
    }

    [Theory]
    [InlineData("5", 5, null)]
    [InlineData("5.5", null, "json: cannot unmarshal number 5.5 into Go struct field EmbedRequest.dimensions of type int")]
    [InlineData("99999999999", null, "json: cannot unmarshal number 99999999999 into Go struct field EmbedRequest.dimensions of type int")]
    [InlineData("\"5\"", null, "json: cannot unmarshal string into Go struct field EmbedRequest.dimensions of type int")]
    [InlineData("true", null, "json: cannot unmarshal bool into Go struct field EmbedRequest.dimensions of type int")]
    public void Integers(string json, int? expected, string? error)
    {
        using var document = JsonDocument.Parse($$"""{"dimensions":{{json}}}""");
        var request = new GoObject(document.RootElement, "EmbedRequest");

        Assert.Equal(expected, request.Int("dimensions"));
        Assert.Equal(error, request.Error);
    }
}
