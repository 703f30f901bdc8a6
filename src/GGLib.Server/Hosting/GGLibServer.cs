using System.Net;
using GGLib.Catalog;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Engine.Scheduling;
using GGLib.Server.Access;
using GGLib.Server.Connections;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using GGLib.Server.Threads;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GGLib.Server.Hosting;

/// <summary>The server: all APIs on one port, over a catalog and an engine. Disposing it stops every child process.</summary>
public sealed class GGLibServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Scheduler _scheduler;

    private GGLibServer(WebApplication app, Scheduler scheduler)
    {
        _app = app;
        _scheduler = scheduler;
    }

    /// <summary>The addresses that the server listens on, once started.</summary>
    public IReadOnlyCollection<string> Addresses => [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>Returns the state of all runners, from memory.</summary>
    public IReadOnlyList<RunnerStatus> Runners() => _scheduler.Snapshot();

    /// <summary>Loads a model ahead of requests. Its keep-alive starts when it is ready. Never throws.</summary>
    /// <returns>Null if it is loaded or the token was canceled; otherwise why it could not be loaded.</returns>
    public async Task<string?> LoadAsync(CatalogModel model, CancellationToken cancellation)
    {
        try
        {
            var result = await _scheduler.AcquireAsync(ModelDirectory.ForEngine(model), null, null, cancellation).ConfigureAwait(false);
            result.Lease?.Dispose();
            return result.Failure?.Message;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Creates the server without listening.</summary>
    /// <param name="options">The server's options.</param>
    /// <param name="settings">How models are run; read again at each load.</param>
    /// <param name="catalog">The models. The caller disposes it.</param>
    /// <param name="runners">Starts the child processes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="configure">Configures the host further, for tests and logging; null for nothing.</param>
    public static GGLibServer Create(
        ServerOptions options,
        IEngineSettingsSource settings,
        ModelCatalog catalog,
        IRunnerFactory runners,
        TimeProvider time,
        Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "gglib" });
        builder.Logging.ClearProviders();

        // A token travels from the engine's socket to the client's on one thread.
        builder.WebHost.UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.AddSingleton<IConnectionListenerFactory, PausingListenerFactory>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // More are closed at once, so that streams that are open keep the descriptors they need.
            kestrel.Limits.MaxConcurrentConnections = DescriptorLimit.MostConnections();
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.LargestBody;
            // As in Go's server, which Ollama uses. Kestrel's defaults are 100 headers and 32 KB.
            kestrel.Limits.MaxRequestHeaderCount = 1000;
            kestrel.Limits.MaxRequestHeadersTotalSize = 1 << 20;
            // Slow readers are allowed, they cost little; a body that stops arriving holds a descriptor for ever.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(30));
            if (options.Host is "localhost")
            {
                kestrel.ListenLocalhost(options.Port);
            }
            else
            {
                kestrel.Listen(IPAddress.Parse(options.Host), options.Port);
            }
        });

        // Streams are ended when stopping starts; nothing else takes long.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(runners);
        builder.Services.AddSingleton(new ModelDirectory(catalog));
        var library = ModelLibrary.Of(catalog, time, options.Quantize is { } tool ? tool.RunAsync : null);
        builder.Services.AddSingleton<Scheduler>();
        builder.Services.AddSingleton(services => new ModelTransfers(
            library, options.Transfers, time, replaced => services.GetRequiredService<Scheduler>().UnloadAsync(ModelDirectory.KeyOf(replaced))));
        builder.Services.AddSingleton(services => library.With(services.GetRequiredService<ModelTransfers>()));
        builder.Services.AddCompressedBodies();
        builder.Services.AddGGLibEndpoints();
        configure?.Invoke(builder);

        var app = builder.Build();

        app.UseMiddleware<RequestObserver>();
        app.UseOpenAIRequestIds();
        app.UseMiddleware<FaultBarrier>();
        app.UseRouting();
        app.UsePoolThreads();
        app.UseCompressedBodies();
        app.UseAllowedMethods();
        app.UseMiddleware<AccessGuard>();
        app.UseSingleSlashes();
        app.UseOllamaPaths();
        app.MapGGLibEndpoints();
        return new GGLibServer(app, app.Services.GetRequiredService<Scheduler>());
    }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The port is in use.</exception>
    public Task StartAsync(CancellationToken cancellation) => _app.StartAsync(cancellation);

    /// <summary>Completes when a stop of the server was requested.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation) => _app.WaitForShutdownAsync(cancellation);

    /// <summary>Ends open answers with their API's error, stops listening, and stops every child process.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _scheduler.DisposeAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }
}
