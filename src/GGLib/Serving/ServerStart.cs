using GGLib.Catalog;
using GGLib.Catalog.Registries;
using GGLib.Configuration;
using GGLib.Engine.Hardware;
using GGLib.Engine.Installation;
using GGLib.Engine.Processes;
using GGLib.Engine.Quantizing;
using GGLib.Logging;
using GGLib.Rendering;
using GGLib.Server.Hosting;
using GGLib.Serving.Ports;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GGLib.Serving;

/// <summary>Brings a server up. What fails fast comes first: nothing is downloaded for a port that is taken or a model that is not there.</summary>
internal sealed class ServerStart(Surroundings around, Func<string?, bool, CancellationToken, Task<Attempt<EngineBinary>>> engines)
{
    public async Task<Attempt<RunningServer>> RunAsync(ServeRequest request, CancellationToken cancellation)
    {
        // Before the first socket, which looks at the port.
        OneSocketThread.Choose();

        // 1 The settings, and the port.
        var location = around.Configuration;
        if (!location.Read().Succeeded(out var reading, out var failure))
        {
            return failure;
        }

        if (!around.Transfers.Succeeded(out var transfers, out failure))
        {
            return failure;
        }

        Settings Resolve(ConfigurationFile? file) => Settings.Resolve(around.Environment, file, request.Settings);
        var settings = Resolve(reading.File);
        if (!(await PortCheck.FindAsync(settings.Address, cancellation).ConfigureAwait(false)).Succeeded(out var address, out failure))
        {
            return failure;
        }

        // 2 The models.
        var catalog = ModelCatalog.Open(around.DataFolder, around.Time);
        var handedOver = false;
        try
        {
            if (!ServedModels.Choose(catalog, around, request.Model).Succeeded(out var models, out failure))
            {
                return failure;
            }

            // 3 The engine.
            if (!(await engines(request.Settings.Engine, request.MayInstall, cancellation).ConfigureAwait(false)).Succeeded(out var engine, out failure))
            {
                return failure;
            }

            if (ArgumentCheck.Of(settings, engine) is { } refused)
            {
                return refused;
            }

            // 4 The server.
            var live = new LiveSettings(location, settings, reading.Bytes, Resolve, next => ArgumentCheck.Of(next, engine), around.Screen.Note, around.Time);
            var started = await StartAsync(address, catalog, models, engine, live, transfers, cancellation).ConfigureAwait(false);
            handedOver = started.Failure is null;
            if (!handedOver)
            {
                live.Dispose();
            }

            return started;
        }
        finally
        {
            if (!handedOver)
            {
                catalog.Dispose();
            }
        }
    }

    private async Task<Attempt<RunningServer>> StartAsync(ServerAddress address, ModelCatalog catalog, ServedModels models, EngineBinary engine, LiveSettings live, TransferOptions transfers, CancellationToken cancellation)
    {
        var logs = LoggerFactory.Create(builder => ErrorLines.AddTo(builder, around.Screen, around.Debug));
        var requests = new RequestLog(around.Screen, around.Time);
        var directory = RunDirectory.Open(around.DataFolder);
        directory.Sweep(logs.CreateLogger<RunDirectory>());
        var options = live.Server(address) with { OnRequest = requests.Add, EnginePath = engine.Path, EngineVersion = engine.Version, Quantize = QuantizeTool.Beside(engine), Transfers = transfers };
        var runners = new LlamaServerFactory(engine, directory, around.Time, logs.CreateLogger<LlamaServerFactory>());

        // A driver takes its time: nobody waits for it before the first load.
        var memory = new MachineMemory(Task.Run(() => GpuList.ReadAsync(engine, CancellationToken.None), CancellationToken.None));
        var server = GGLibServer.Create(options, live, catalog, runners, around.Time, builder =>
        {
            ErrorLines.AddTo(builder.Logging, around.Screen, around.Debug);

            // The program itself listens for signals, from its first moment on.
            builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoSignalLifetime>());
            builder.Services.AddSingleton<IMemorySource>(memory);
        });
        try
        {
            await server.StartAsync(cancellation).ConfigureAwait(false);

            // It waits for its first connection now; no child has been started yet.
            OneSocketThread.Chosen();
        }
        catch (Exception error)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            await requests.DisposeAsync().ConfigureAwait(false);
            directory.RemoveIfEmpty();
            logs.Dispose();

            // Somebody took the port since it was looked at.
            if (error is IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException })
            {
                return await PortCheck.TakenAsync(address, cancellation).ConfigureAwait(false);
            }

            throw;
        }

        Preload(server, catalog, live.Now.Texts(ProgramSettings.Preload), cancellation);
        return new RunningServer(server, catalog, BackgroundHashing.Start(catalog, around.Time), live, logs, requests, directory)
        {
            Address = address with { Port = BoundPort(server, address) },
            Engine = engine,
            Models = models,
        };
    }

    /// <summary>Begins to load the models; requests need not wait for it.</summary>
    private void Preload(GGLibServer server, ModelCatalog catalog, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        foreach (var name in names)
        {
            if (catalog.Find(name) is { } model)
            {
                _ = TellAsync(name, server.LoadAsync(model, cancellation));
            }
            else
            {
                around.Screen.Note($"preload: there is no model '{SafeText.OneLine(name)}'; gglib list shows all there are.");
            }
        }

        async Task TellAsync(string name, Task<string?> loading)
        {
            if (await loading.ConfigureAwait(false) is { } failure)
            {
                around.Screen.Note($"preload: '{SafeText.OneLine(name)}' could not be loaded: {SafeText.OneLine(failure, 500)}");
            }
        }
    }

    private static int BoundPort(GGLibServer server, ServerAddress address) =>
        address.Port is not 0 ? address.Port : server.Addresses.Select(static url => BindingAddress.Parse(url).Port).First();
}
