using System.Globalization;

namespace GGLib.Acceptance.Margins;

/// <summary>
/// What other tests compare texts of, the demo model is sure of: each token is so much more likely than any other that no CPU backend's rounding decides. A test that compares
/// another text adds its question here.
/// </summary>
public sealed class MarginTests(DemoServer server, ITestOutputHelper output)
{
    private const string Chat = "/api/chat";
    private const string France = """{"role":"user","content":"What is the capital of France?"}""";
    private const string WeatherQuestion = """{"role":"user","content":"What is the weather in Paris?"}""";

    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"get_weather","description":"Get the weather of a city","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],
        """;

    private const string WeatherResult = """
        {"role":"assistant","content":"","tool_calls":[{"id":"call_7","function":{"name":"get_weather","arguments":{"city":"Paris"}}}]},{"role":"tool","tool_call_id":"call_7","content":"sunny, 20 degrees"}
        """;

    private const string Italy = """{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"What is the capital of Italy?"}""";
    private const string Capitals = """{"role":"system","content":"You are a helpful assistant that knows the capitals of all countries and answers in one sentence."},""" + France;
    private const string Continued = """{"role":"system","content":"You are a helpful assistant."},""" + France + """,{"role":"assistant","content":"The capital of"}""";
    private const string Sum = """{"role":"user","content":"What is 2+2?"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("The capital of France is Paris.", "\"think\":false,", France)]
    [InlineData("The capital of France is Paris.", "\"think\":true,", France)]
    [InlineData("The capital of France is Paris.", "\"think\":\"low\",", France)]
    [InlineData("The capital of France is Paris.", "\"think\":false,", Capitals)]
    [InlineData("The capital of France is Paris.", "\"think\":false," + Tools, France)]
    [InlineData("The capital of France is Paris.", "\"think\":true," + Tools, France)]
    [InlineData(" France is Paris.", "", Continued)]
    [InlineData("Rome", "\"think\":false,", Italy)]
    [InlineData("4", "\"think\":false,", Sum)]
    [InlineData("\"get_weather\", \"arguments\": {\"city\": \"Paris\"", "\"think\":false," + Tools, WeatherQuestion)]
    [InlineData("\"get_weather\", \"arguments\": {\"city\": \"Paris\"", "\"think\":true," + Tools, WeatherQuestion)]
    [InlineData("weather", "\"think\":false," + Tools, WeatherQuestion + "," + WeatherResult)]
    [InlineData("weather", "\"think\":true," + Tools, WeatherQuestion + "," + WeatherResult)]
    public async Task The_demo_model_is_sure_of_what_other_tests_compare(string text, string options, string messages)
    {
        using var content = new StringContent($$$"""
            {"model":"demo-chat","stream":false,{{{options}}}"logprobs":true,"top_logprobs":2,"options":{"temperature":0,"num_predict":80},"messages":[{{{messages}}}]}
            """);
        using var response = await server.Http.PostAsync(Chat, content, Cancellation);
        var answer = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, answer);
        var tokens = Margin.Of(answer);

        var (least, at) = tokens.Select(static (token, index) => (token.Value, index)).MinBy(static token => token.Value);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"least margin {least:F2} at token {at} of {tokens.Count}, '{tokens[at].Token}': {string.Concat(tokens.Select(static token => token.Token))}"));
        Assert.Contains(text, Margin.Certain(tokens, Margin.Enough), StringComparison.Ordinal);
    }
}
