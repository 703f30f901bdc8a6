using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GGLib.Tests.Catalog.Registries;

/// <summary>
/// A registry on this machine, over real HTTP: Ollama's protocol with pulls and pushes, the part of the Hugging Face Hub's that is used, and plain files. It does wrong
/// what a test asks for with <see cref="Misbehave"/>, and counts what it serves. Thread-safe.
/// </summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private const int ChunkSize = 16 * 1024;

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _manifests = new();
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentDictionary<string, List<(string Path, byte[] Content, bool IsLfs)>> _repositories = new();
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentQueue<TestRequest> _requests = new();
    private long _bytesServed;

    private TestRegistry(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>As it stands in a model's name.</summary>
    public string Host => Address.Authority;

    /// <summary>What goes wrong with a request; null for nothing.</summary>
    public Func<TestRequest, TestFault?>? Misbehave { get; set; }

    /// <summary>Called before every 16 KiB of content, with the count of bytes served so far: to hold the server back, or to end the client.</summary>
    public Func<long, CancellationToken, Task>? Pace { get; set; }

    /// <summary>The token without which nothing is answered: got from <c>/token</c> by Ollama's protocol, given by its owner on the Hub.</summary>
    public string? Token { get; set; }

    /// <summary>Another registry to which requests for blobs and files of the Hub are redirected, as to a CDN.</summary>
    public TestRegistry? Cdn { get; set; }

    /// <summary>How many entries a page of the Hub's tree has.</summary>
    public int TreePage { get; set; } = 1000;

    /// <summary>Whether digests of parts are offered, of so many bytes each.</summary>
    public int? ChunksumSize { get; set; }

    /// <summary>How many bytes of blobs and files were sent.</summary>
    public long BytesServed => Interlocked.Read(ref _bytesServed);

    public IReadOnlyCollection<TestRequest> Requests => _requests;

    public static async Task<TestRegistry> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MaxResponseBufferSize = ChunkSize;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });

        // What was sent and what arrived must not lie far apart, or counting bytes says nothing.
        builder.WebHost.UseSockets(static sockets => sockets.CreateBoundListenSocket = static endpoint =>
        {
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = ChunkSize };
            socket.Bind(endpoint);
            return socket;
        });
        var app = builder.Build();
        var server = new TestRegistry(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Offers a blob.</summary>
    /// <returns>Its digest, <c>sha256:…</c>.</returns>
    public string AddBlob(byte[] content)
    {
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
        _blobs[digest] = content;
        return digest;
    }

    /// <summary>Offers a model: <c>library/qwen3</c> and <c>0.6b</c>, with layers of Ollama's media types, such as <c>model</c>.</summary>
    /// <returns>The manifest.</returns>
    public string AddModel(string repository, string tag, params (string Kind, byte[] Content)[] layers)
    {
        var lines = layers.Select(layer => $$"""{"mediaType":"application/vnd.ollama.image.{{layer.Kind}}","digest":"{{AddBlob(layer.Content)}}","size":{{layer.Content.Length}}}""");
        var config = """{"model_format":"gguf"}"""u8.ToArray();
        var manifest = $$"""{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"{{AddBlob(config)}}","size":{{config.Length}}},"layers":[{{string.Join(',', lines)}}]}""";
        AddManifest(repository, tag, manifest);
        return manifest;
    }

    public void AddManifest(string repository, string tag, string manifest) => _manifests[$"{repository}/{tag}"] = Encoding.UTF8.GetBytes(manifest);

    /// <summary>The manifest that is offered or was pushed; null when there is none.</summary>
    public string? Manifest(string repository, string tag) => _manifests.TryGetValue($"{repository}/{tag}", out var manifest) ? Encoding.UTF8.GetString(manifest) : null;

    public byte[]? Blob(string digest) => _blobs.GetValueOrDefault(digest);

    /// <summary>Offers a file in a repository of the Hub: <c>owner/repo</c>.</summary>
    public void AddToHub(string repository, string path, byte[] content, bool isLfs = true) => _repositories.GetOrAdd(repository, static _ => []).Add((path, content, isLfs));

    /// <summary>Takes away what a repository of the Hub has.</summary>
    public void ClearHub(string repository) => _repositories.TryRemove(repository, out _);

    /// <summary>Offers a plain file.</summary>
    public void AddFile(string path, byte[] content) => _files[path] = content;

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var start = context.Request.GetTypedHeaders().Range?.Ranges.FirstOrDefault()?.From;
        var number = _counts.AddOrUpdate($"{context.Request.Method} {path}", 0, static (_, count) => count + 1);
        var request = new TestRequest(number, context.Request.Method, path + context.Request.QueryString.Value, start, context.Request.Headers.Authorization.FirstOrDefault());
        _requests.Enqueue(request);
        var fault = Misbehave?.Invoke(request);
        if (fault?.Until is { } until)
        {
            await until.WaitAsync(context.RequestAborted);
        }

        if (fault?.Status is { } status)
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = fault.RetryAfter;
            return;
        }

        if (fault?.Location is { } location)
        {
            context.Response.Redirect(location);
            return;
        }

        if (path == "/token")
        {
            await context.Response.WriteAsync($$"""{"token":"{{Token}}"}""");
        }
        else if (path.StartsWith("/v2/", StringComparison.Ordinal))
        {
            await AnswerRegistryAsync(context, path, fault);
        }
        else if (path.StartsWith("/cdn/", StringComparison.Ordinal) && _blobs.TryGetValue(path["/cdn/".Length..], out var blob))
        {
            await SendAsync(context, blob, fault);
        }
        else if (_files.TryGetValue(path, out var file))
        {
            await SendAsync(context, file, fault);
        }
        else
        {
            await AnswerHubAsync(context, path, fault);
        }
    }

    private async Task AnswerRegistryAsync(HttpContext context, string path, TestFault? fault)
    {
        if (Token is not null && context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{Address}token\",service=\"test\",scope=\"repository:any:pull\"";
            return;
        }

        var parts = path["/v2/".Length..].Split('/');
        var repository = string.Join('/', parts.Take(2));
        var (kind, rest) = parts.Length >= 4 ? (parts[2], string.Join('/', parts.Skip(3))) : ("", "");
        if (kind == "manifests" && HttpMethods.IsPut(context.Request.Method))
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            _manifests[$"{repository}/{rest}"] = body.ToArray();
            context.Response.StatusCode = 201;
        }
        else if (kind == "manifests" && _manifests.TryGetValue($"{repository}/{rest}", out var manifest))
        {
            context.Response.ContentType = "application/vnd.docker.distribution.manifest.v2+json";
            await context.Response.Body.WriteAsync(manifest, context.RequestAborted);
        }
        else if (kind == "blobs" && rest.StartsWith("uploads/", StringComparison.Ordinal))
        {
            await UploadAsync(context, repository, rest["uploads/".Length..], fault);
        }
        else if (kind == "blobs" && Cdn is not null)
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = $"{Cdn.Address}cdn/{rest}";
        }
        else if (kind == "blobs" && _blobs.TryGetValue(rest, out var blob))
        {
            await SendAsync(context, blob, fault);
        }
        else if (kind == "chunksums" && ChunksumSize is { } size && _blobs.TryGetValue(rest, out var whole))
        {
            await context.Response.WriteAsync(string.Concat(whole.Chunk(size).Select((chunk, index) =>
                string.Create(CultureInfo.InvariantCulture, $"sha256:{Convert.ToHexStringLower(SHA256.HashData(chunk))} {(long)index * size}-{((long)index * size) + chunk.Length - 1}\n"))));
        }
        else
        {
            context.Response.StatusCode = 404;
        }
    }

    private async Task UploadAsync(HttpContext context, string repository, string id, TestFault? fault)
    {
        if (HttpMethods.IsPost(context.Request.Method))
        {
            id = Guid.NewGuid().ToString("N");
            _uploads[id] = new MemoryStream();
            context.Response.StatusCode = 202;
        }
        else if (!_uploads.TryGetValue(id, out var upload))
        {
            context.Response.StatusCode = 404;
            return;
        }
        else
        {
            if (HttpMethods.IsPatch(context.Request.Method) && context.Request.Headers.ContentRange.ToString().Split('-')[0] != upload.Length.ToString(CultureInfo.InvariantCulture))
            {
                context.Response.StatusCode = 416;
                return;
            }

            var buffer = new byte[ChunkSize];
            long taken = 0;
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
            {
                upload.Write(buffer, 0, read);
                taken += read;
                if (fault?.CutAfter <= taken)
                {
                    context.Abort();
                    return;
                }
            }

            if (HttpMethods.IsPut(context.Request.Method))
            {
                var content = upload.ToArray();
                var digest = context.Request.Query["digest"].ToString();
                var isRight = digest == "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
                context.Response.StatusCode = isRight ? 201 : 400;
                if (isRight)
                {
                    _blobs[digest] = content;
                }

                return;
            }

            context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) ? 204 : 202;
            context.Response.Headers.Range = $"0-{Math.Max(0, upload.Length - 1)}";
        }

        context.Response.Headers.Location = $"/v2/{repository}/blobs/uploads/{id}?state=x";
    }

    private async Task AnswerHubAsync(HttpContext context, string path, TestFault? fault)
    {
        var isTree = path.StartsWith("/api/models/", StringComparison.Ordinal) && path.EndsWith("/tree/main", StringComparison.Ordinal);
        var parts = (isTree ? path["/api/models".Length..^"/tree/main".Length] : path).TrimStart('/').Split('/');
        var name = string.Join('/', parts.Take(2));
        if (!_repositories.TryGetValue(name, out var files))
        {
            context.Response.StatusCode = 404;
        }
        else if (Token is not null && context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            context.Response.StatusCode = context.Request.Headers.Authorization.Count == 0 ? 401 : 403;
        }
        else if (isTree)
        {
            var from = int.Parse(context.Request.Query["cursor"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
            if (from + TreePage < files.Count)
            {
                context.Response.Headers.Link = $"<{Address}api/models/{name}/tree/main?recursive=true&cursor={from + TreePage}>; rel=\"next\"";
            }

            await context.Response.WriteAsync("[" + string.Join(',', files.Skip(from).Take(TreePage).Select(static file =>
            {
                var sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Content));
                var lfs = file.IsLfs ? $$""","lfs":{"oid":"{{sha256}}","size":{{file.Content.Length}},"pointerSize":134}""" : "";
                return $$"""{"type":"file","oid":"{{sha256[..40]}}","size":{{file.Content.Length}},"path":"{{file.Path}}"{{lfs}}}""";
            }).Prepend("""{"type":"directory","oid":"0","size":0,"path":"sub"}""")) + "]");
        }
        else if (parts.Length >= 5 && parts[2] == "resolve" && files.Find(file => file.Path == string.Join('/', parts.Skip(4))) is { Content: { } content })
        {
            context.Response.Headers["X-Linked-Etag"] = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"";
            context.Response.Headers["X-Linked-Size"] = content.Length.ToString(CultureInfo.InvariantCulture);
            if (Cdn is null)
            {
                await SendAsync(context, content, fault);
                return;
            }

            context.Response.StatusCode = 302;
            context.Response.Headers.Location = $"{Cdn.Address}cdn/{Cdn.AddBlob(content)}";
        }
        else
        {
            context.Response.StatusCode = 404;
        }
    }

    private async Task SendAsync(HttpContext context, byte[] content, TestFault? fault)
    {
        var (from, to) = (0L, (long)content.Length);
        if (fault?.IgnoreRange is not true && context.Request.GetTypedHeaders().Range?.Ranges.FirstOrDefault() is { From: { } first } range)
        {
            (from, to) = (first + (fault?.ShiftRange ?? 0), Math.Min(to, (range.To + 1) ?? to));
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{to - 1}/{fault?.ClaimedTotal ?? content.Length}");
        }

        context.Response.ContentLength = fault is { IgnoreRange: true, ClaimedTotal: { } claimed } ? claimed : to - from;
        context.Response.Headers.ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        var buffer = new byte[ChunkSize];
        for (long sent = 0; from < to;)
        {
            if (Pace is not null)
            {
                await Pace(BytesServed, context.RequestAborted);
            }

            if (fault?.CutAfter <= sent)
            {
                context.Abort();
                return;
            }

            if (fault?.HangAfter <= sent)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            var count = (int)Math.Min(buffer.Length, Math.Min(to - from, Math.Min(fault?.CutAfter - sent ?? long.MaxValue, fault?.HangAfter - sent ?? long.MaxValue)));
            content.AsSpan((int)from, count).CopyTo(buffer);
            if (fault?.CorruptAt is { } at && at >= from && at < from + count)
            {
                buffer[at - from] ^= 0xff;
            }

            await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
            Interlocked.Add(ref _bytesServed, count);
            from += count;
            sent += count;
        }
    }
}
