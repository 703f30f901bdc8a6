using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GGLib.Tests.Engine.Installation;

/// <summary>A release server on this machine, speaking the part of GitHub's API that is used.</summary>
internal sealed class ReleaseServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _files = new();

    private ReleaseServer(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>The answer for the latest release; made from the offered files unless set.</summary>
    public string? Latest { get; set; }

    /// <summary>The answer for the list of releases.</summary>
    public string Recent { get; set; } = "[]";

    /// <summary>Given a download's response and bytes, sends what a test wants sent.</summary>
    public Func<HttpContext, byte[], Task>? Send { get; set; }

    public int Downloads { get; private set; }

    public static async Task<ReleaseServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new ReleaseServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server.Address = app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return server;
    }

    public void Offer(string name, byte[] content) => _files[name] = content;

    /// <summary>The offered files as an <c>assets</c> array, with a digest of one's own making if given.</summary>
    public string Release(string tag, string? digest = null)
    {
        var assets = _files.Select(file => $$"""
            {
              "name": "{{file.Key}}",
              "size": {{file.Value.Length}},
              "digest": "{{digest ?? "sha256:" + Convert.ToHexStringLower(SHA256.HashData(file.Value))}}",
              "browser_download_url": "{{Address}}/download/{{file.Key}}",
              "uploader": {"login": "someone"}
            }
            """);
        return $$"""{"tag_name": "{{tag}}", "assets": [{{string.Join(',', assets)}}]}""";
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/repos/ggml-org/llama.cpp/releases/latest")
        {
            await context.Response.WriteAsync(Latest ?? Release("b6123"));
        }
        else if (path == "/repos/ggml-org/llama.cpp/releases")
        {
            await context.Response.WriteAsync(Recent);
        }
        else if (path.StartsWith("/download/", StringComparison.Ordinal) && _files.TryGetValue(path["/download/".Length..], out var content))
        {
            Downloads++;
            context.Response.ContentLength = content.Length;
            await (Send?.Invoke(context, content) ?? context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask());
        }
        else
        {
            context.Response.StatusCode = 404;
        }
    }
}
