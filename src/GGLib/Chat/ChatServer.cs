using GGLib.Catalog;
using GGLib.Client;
using GGLib.Configuration;
using GGLib.Engines;
using GGLib.Serving;

namespace GGLib.Chat;

/// <summary>The server to talk to: the running one, else one of this program's own for as long as this lives.</summary>
internal sealed class ChatServer : IAsyncDisposable
{
    private readonly RunningServer? _own;

    private ChatServer(OllamaClient client, string model, RunningServer? own)
    {
        Client = client;
        Model = model;
        _own = own;
    }

    public OllamaClient Client { get; }

    /// <summary>The server's own name for the model asked for.</summary>
    public string Model { get; }

    /// <summary>Finds or starts a server that has the model, which is pulled when it is not there. Nothing is started or installed for a model that cannot be had.</summary>
    public static async Task<Attempt<ChatServer>> OpenAsync(Surroundings around, string asked, CancellationToken cancellation)
    {
        if (!ServerUrl.From(around).Succeeded(out var url, out var failure))
        {
            return failure;
        }

        var client = new OllamaClient(url);
        RunningServer? own = null;
        try
        {
            // Who listens there but speaks something else is not passed over: the user named that place.
            if ((await client.VersionAsync(cancellation).ConfigureAwait(false)).Failure is { } problem)
            {
                if (!url.IsHere || !client.FoundNobody)
                {
                    return problem;
                }

                client.Dispose();
                if (!(await StartAsync(around, asked, cancellation).ConfigureAwait(false)).Succeeded(out own, out failure))
                {
                    return failure;
                }

                client = new OllamaClient(ServerUrl.Of(own.Address));
            }

            if (!(await MissingModel.FindOrPullAsync(around, client, asked, cancellation).ConfigureAwait(false)).Succeeded(out var model, out failure))
            {
                return failure;
            }

            var server = new ChatServer(client, model, own);
            (client, own) = (null, null);
            return server;
        }
        finally
        {
            client?.Dispose();
            if (own is not null)
            {
                await own.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_own is not null)
        {
            await _own.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Why the library of this machine cannot be asked for a model; null when it can.</summary>
    private static CommandFailure? Missing(Surroundings around, string asked)
    {
        using var catalog = ModelCatalog.Open(around.DataFolder, around.Time);
        return !ServedModels.Choose(catalog, around, null).Succeeded(out var models, out var failure) ? failure
            : models.Models.Any(model => ServerModel.Same(model.Name.Display, MissingModel.NameOf(asked))) ? null
            : ServerModel.Unknown(asked, [.. models.Models.Select(static model => model.Name.Display)]);
    }

    private static async Task<Attempt<RunningServer>> StartAsync(Surroundings around, string asked, CancellationToken cancellation)
    {
        if (Missing(around, asked) is { } missing
            && await MissingModel.PullAsync(around, null, asked, missing, cancellation).ConfigureAwait(false) is { } failure)
        {
            return failure;
        }

        // What is printed on the way there is not the answer, and a conversation needs no request log.
        var aside = around with { Screen = around.Screen.Aside() };
        var quiet = around with { Screen = around.Screen.Silent() };
        var started = await new ServerStart(quiet, new EngineSource(aside).FindOrInstallAsync)
            .RunAsync(new ServeRequest(new CommandLineSettings("127.0.0.1", 0), null, MayInstall: false), cancellation).ConfigureAwait(false);
        if (started.Value is { } server)
        {
            around.Screen.Note($"no server was running, so one was started for this run: {server.OllamaUrl} (gglib up keeps one running)");
        }

        return started;
    }
}
