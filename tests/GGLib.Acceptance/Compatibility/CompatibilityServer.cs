using System.Net;
using GGLib.Acceptance.Compatibility;

[assembly: AssemblyFixture(typeof(CompatibilityServer))]

namespace GGLib.Acceptance.Compatibility;

/// <summary>The whole server over a library with <c>demo-chat</c>, a real llama-server, and a plain client of it; shared by the compatibility tests.</summary>
public sealed class CompatibilityServer : IAsyncLifetime
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private StoredServer? _server;

    /// <summary>The base address, with a trailing slash.</summary>
    public Uri Address => _server!.Address;

    internal HttpClient Http => _http;

    /// <summary>For files that the tests make; deleted at the end.</summary>
    internal DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("gglib-compatibility-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await StoredServer.StartAsync("compatibility-tests", CancellationToken.None);
        var models = Path.Combine(AppContext.BaseDirectory, "models");
        Assert.True(_server.Catalog.Add(Path.Combine(models, "demo-chat.gguf"), "demo-chat").Succeeded);
        Assert.True(_server.Catalog.Add(Path.Combine(models, "demo-embed.gguf"), "demo-embed").Succeeded);
        _http.BaseAddress = _server.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Folder.Delete(recursive: true);
    }

    /// <summary>Posts a body as it is.</summary>
    internal async Task<Reply> PostAsync(string path, string body)
    {
        using var response = await _http.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Cancellation);
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation))
        {
            Headers = response.Headers.ToDictionary(static header => header.Key, static header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        };
    }

    /// <summary>Gets a path.</summary>
    internal async Task<Reply> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>Adds a model's file to the library.</summary>
    internal void Add(string path, string name) => Assert.True(_server!.Catalog.Add(path, name).Succeeded);

    /// <summary>Posts a body that must be answered with 200.</summary>
    internal async Task<Reply> AskAsync(string path, string body)
    {
        var reply = await PostAsync(path, body);
        Assert.True(reply.Status is HttpStatusCode.OK, $"{path}: {(int)reply.Status} {reply.Text}");
        return reply;
    }

    /// <summary>Makes a model from <c>demo-chat</c>, or replaces it.</summary>
    /// <param name="name">Its name, which no other test uses.</param>
    /// <param name="fields">The other members of the create request, for example <c>"system": "…"</c>.</param>
    internal async Task<string> CreateAsync(string name, string fields)
    {
        var reply = await AskAsync("/api/create", $$"""{"model":"{{name}}","from":"demo-chat","stream":false{{(fields.Length > 0 ? "," : "")}}{{fields}}}""");
        Assert.Equal("""{"status":"success"}""", reply.Text);
        return name;
    }

    /// <summary>Asks through an API; the answer must have status 200.</summary>
    internal async Task<ApiAnswer> AskAsync(Api api, ApiRequest request)
    {
        var reply = await AskAsync(ApiRequest.PathOf(api), request.BodyFor(api));
        return request.Stream ? StreamedAnswer.Read(api, reply) : ApiAnswer.Read(api, reply.Json);
    }
}
