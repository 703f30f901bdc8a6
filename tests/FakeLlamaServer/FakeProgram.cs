using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FakeLlama.CommandLine;
using FakeLlama.Script;
using FakeLlama.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FakeLlama;

/// <summary>The program's life: what it prints, when the port opens, what a signal does, how it ends.</summary>
internal sealed class FakeProgram(ServerArguments arguments, ScriptFile file) : IDisposable
{
    private readonly CancellationTokenSource stopping = new();

    private string? SocketPath => arguments.Host.EndsWith(".sock", StringComparison.Ordinal) ? arguments.Host : null;

    public async Task<int> Run()
    {
        var script = file.Current;
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        Log.Write('I', "srv  llama_server: initializing ...");
        Log.Raw(script.Stderr);
        if (script.ExitAtStart is { } exit && script.LoadMilliseconds == 0 && file.ClaimFault())
        {
            Log.Raw(exit.Stderr);
            return exit.Code;
        }

        var server = new FakeServer(arguments, file, stopping.Token);
        await using var app = Build(server);
        try
        {
            await app.StartAsync();
        }
        catch (IOException)
        {
            Log.Write('E', $"srv         start: couldn't bind HTTP server socket, hostname: {arguments.Host}, port: {arguments.Port}");
            Log.Write('I', "srv    operator(): operator(): cleaning up before exit...");
            Log.Write('E', "srv  llama_server: exiting due to HTTP server error");
            return 1;
        }

        if (await Load(script) is { } failed)
        {
            return failed;
        }

        server.Loaded = !stopping.IsCancellationRequested;
        var address = SocketPath is null ? $"http://{arguments.Host}:{arguments.Port}" : $"unix://{SocketPath}";
        Log.Write('I', $"srv  llama_server: listening on {address}");
        await UntilStopped();
        Log.Write('I', "srv    operator(): operator(): cleaning up before exit...");
        await app.StopAsync();
        LeaveSocketFile();
        return 0;
    }

    public void Dispose() => stopping.Dispose();

    /// <summary>The exit code when loading fails.</summary>
    private async Task<int?> Load(FakeScript script)
    {
        Log.Write('I', $"srv    load_model: loading model '{arguments.Model}'");
        if (script.LoadMilliseconds > 0)
        {
            await Task.Delay(script.LoadMilliseconds, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Log.Raw(script.LoadStderr);
        if (script.ExitAtStart is { } exit && file.ClaimFault())
        {
            Log.Raw(exit.Stderr);
            return exit.Code;
        }

        if (!file.Exists && !File.Exists(arguments.Model))
        {
            Log.Write('E', $"gguf_init_from_file: failed to open GGUF file '{arguments.Model}' (No such file or directory)");
            Log.Write('E', $"llama_model_load: error loading model: llama_model_loader: failed to load model from {arguments.Model}");
            Log.Write('E', "llama_model_load_from_file_impl: failed to load model");
            Log.Write('E', $"cmn  common_init_: failed to load model '{arguments.Model}'");
            Log.Write('E', $"srv    load_model: failed to load model, '{arguments.Model}'");
            Log.Write('I', "srv    operator(): operator(): cleaning up before exit...");
            Log.Write('E', "srv  llama_server: exiting due to model loading error");
            return 1;
        }

        Log.Write('I', "srv  llama_server: model loaded");
        return null;
    }

    private WebApplication Build(FakeServer server)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();

        // llama-server waits for its last client, however long that takes.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();

        // A paced server sends from the pacer's thread and costs little. At full speed one answer would hold up the others.
        var paced = file.Current is { TokensPerSecond: > 0 } or { ChunkDelayMicroseconds: > 0 };
        builder.WebHost.UseSockets(options => options.UnsafePreferInlineScheduling = paced);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            if (SocketPath is not null)
            {
                options.ListenUnixSocket(SocketPath, Protocol);
            }
            else
            {
                options.Listen(IPAddress.Parse(arguments.Host == "localhost" ? "127.0.0.1" : arguments.Host), arguments.Port, Protocol);
            }
        });
        var app = builder.Build();
        app.Run(server.Handle);
        return app;
    }

    private static void Protocol(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.UseSendPerFlush();
    }

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (!file.Current.IgnoreSigterm)
        {
            stopping.Cancel();
        }
    }

    private Task UntilStopped() => Task.Delay(Timeout.Infinite, stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    /// <summary>.NET deletes its socket file; llama-server leaves it, and its next start on the same path fails.</summary>
    private void LeaveSocketFile()
    {
        if (SocketPath is not null && !File.Exists(SocketPath))
        {
            var abandoned = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            abandoned.Bind(new UnixDomainSocketEndPoint(SocketPath));
        }
    }
}
