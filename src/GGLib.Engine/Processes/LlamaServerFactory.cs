using System.ComponentModel;
using System.Net;
using GGLib.Engine.Hardware;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;
using GGLib.Engine.Scheduling;
using Microsoft.Extensions.Logging;

namespace GGLib.Engine.Processes;

/// <summary>Starts llama-server children and waits until they answer.</summary>
public sealed class LlamaServerFactory(EngineBinary binary, RunDirectory directory, TimeProvider time, ILogger<LlamaServerFactory> log) : IRunnerFactory
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan SlowestPoll = TimeSpan.FromMilliseconds(100);

    // llama-server exits while its log is still being written when it rejects a template: about one start in three does not say why.
    private const int MostTemplateStarts = 4;

    /// <inheritdoc />
    public async Task<RunnerResult> StartAsync(RunnerRequest request, CancellationToken cancellation)
    {
        for (var start = 1; ; start++)
        {
            var result = await StartOnceAsync(request, cancellation).ConfigureAwait(false);
            if (result.Failure is null || start == MostTemplateStarts || request.Log.LastError is not { } error || !LogLine.IsTemplateHint(error))
            {
                return result;
            }
        }
    }

    private async Task<RunnerResult> StartOnceAsync(RunnerRequest request, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        RunnerAddress address;
        try
        {
            address = directory.CreateAddress(request.Instance);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Failed($"the run folder cannot be used: {exception.Message}");
        }

        var alias = $"gglib-{Guid.NewGuid():N}"[..26];
        var available = request.AvailableBytes ?? HostMemory.Read().AvailableBytes;
        var launch = Launch.For(binary, request.Model, request.Settings, request.Context, available, address, alias, directory.TemplateFile(request.Instance));
        var command = launch.Command;
        log.LogDebug("Starting {Command}", string.Join(' ', command));

        ChildProcess child;
        try
        {
            if (request.Model.ChatTemplate is { } template)
            {
                directory.WriteTemplate(request.Instance, template);
            }

            child = await ChildProcess.StartAsync(command, request.Log, ownLibraries: binary.Origin is EngineOrigin.Installed, launch.Environment).ConfigureAwait(false);
        }
        catch (Win32Exception exception)
        {
            directory.Unregister(request.Instance);
            return Failed($"cannot run {command[0]}: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            directory.Unregister(request.Instance);
            return Failed($"the run folder cannot be used: {exception.Message}");
        }

        var traffic = new Traffic();
        var http = new HttpMessageInvoker(Authorized(address, traffic), disposeHandler: true);
        var handedOver = false;
        try
        {
            try
            {
                directory.Register(request.Instance, child.Id);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return Failed($"the run folder cannot be used: {exception.Message}");
            }

            if (await WaitUntilReadyAsync(child, http, request, cancellation).ConfigureAwait(false) is { } failure)
            {
                return Failed($"error loading model {Path.GetFileName(request.Model.Path)}: {failure}");
            }

            if (await ReadPropertiesAsync(http, cancellation).ConfigureAwait(false) is not { } properties)
            {
                return Failed("llama-server is ready but does not describe itself at /props");
            }

            log.LogInformation("Loaded {Model} in {Milliseconds:F0} ms (context {Context} × {Slots})",
                request.Model.Key, time.GetElapsedTime(began).TotalMilliseconds, properties.ContextLength, properties.Slots);
            handedOver = true;
            return new RunnerResult(new LlamaServerRunner(child, http, new HttpMessageInvoker(Authorized(address, null), disposeHandler: true), traffic, directory, request, launch.Plan, alias, address.SocketPath, properties), null);
        }
        finally
        {
            if (!handedOver)
            {
                http.Dispose();
                await child.DisposeAsync().ConfigureAwait(false);
                directory.Unregister(request.Instance);
            }
        }
    }

    private static RunnerResult Failed(string reason) =>
        new(null, LogLine.IsOutOfMemory(reason) ? new EngineFailure.OutOfMemory(reason) : new EngineFailure.LoadFailed(reason));

    private static HttpMessageHandler Authorized(RunnerAddress address, Traffic? traffic) =>
        address.ApiKey is { } key ? new ApiKeyHandler(key, address.CreateHandler(traffic)) : address.CreateHandler(traffic);

    /// <summary>Null when the child answers; else why it never will.</summary>
    private async Task<string?> WaitUntilReadyAsync(ChildProcess child, HttpMessageInvoker http, RunnerRequest request, CancellationToken cancellation)
    {
        var poll = FirstPoll;
        var stallTimeout = request.Settings.LoadStallTimeout;
        var progress = new LoadProgress(child, time, request.Model.SizeBytes);
        while (true)
        {
            if (child.Exited.IsCompleted)
            {
                return await child.Exited.ConfigureAwait(false);
            }

            if (await IsHealthyAsync(http, cancellation).ConfigureAwait(false))
            {
                child.Log.SetLoaded(1);
                return null;
            }

            var silence = progress.Silence();
            if (stallTimeout > TimeSpan.Zero && silence > stallTimeout)
            {
                return $"no sign of progress for {stallTimeout.TotalSeconds:F0} s";
            }

            await Task.WhenAny(child.Exited, Task.Delay(poll, time, cancellation)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            poll = TimeSpan.FromTicks(Math.Min(poll.Ticks * 3 / 2, SlowestPoll.Ticks));
        }
    }

    private static async Task<bool> IsHealthyAsync(HttpMessageInvoker http, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://llama-server/health");
            using var response = await http.SendAsync(request, limit.Token).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<ChildProperties?> ReadPropertiesAsync(HttpMessageInvoker http, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://llama-server/props");
            using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
            return ChildProperties.Parse(await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private sealed class ApiKeyHandler(string key, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new("Bearer", key);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
