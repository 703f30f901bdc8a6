using System.Net;
using System.Text.Json;
using GGLib.Tests.Engine.Processes;
using GGLib.Tests.Server.Streaming;

namespace GGLib.Tests.Server.Clients;

/// <summary>What the tests of single clients share: requests with a client's own headers, answers as JSON.</summary>
internal static class ClientTraffic
{
    /// <summary>An engine that says two words, then ends.</summary>
    public static async Task<TestServer> StartAsync(params string[] events)
    {
        var server = await TestServer.StartAsync();
        server.Engine.Answer = _ => ScriptedEngine.Events(events.Length > 0 ? events : [Samples.Role, Samples.Content("Hi"), Samples.Content(" there"), Samples.Finish, Samples.Usage, "[DONE]"]);
        return server;
    }

    public static async Task<JsonElement> JsonAsync(this TestServer server, string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var text = await server.TextAsync(method, path, body, headers);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>The lines of a stream of objects.</summary>
    public static async Task<IReadOnlyList<JsonElement>> LinesAsync(this TestServer server, string path, string body, params (string Name, string Value)[] headers) =>
        [.. (await server.TextAsync("POST", path, body, headers)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];

    public static async Task<string> TextAsync(this TestServer server, string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = server.Request(method, path, body);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await server.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync(Limit.Token);
        Assert.True(response.StatusCode is HttpStatusCode.OK, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text;
    }

    public static IReadOnlyList<JsonElement> Items(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray()];

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
