using System.Net.Http.Headers;
using GGLib.Engine.Processes;
using GGLib.Server.Failures;
using GGLib.Server.Threads;

namespace GGLib.Server.Inference;

/// <summary>Sends requests to a runner. Failures are values; see <see cref="EngineErrors"/>.</summary>
internal static class EngineClient
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(200);

    /// <summary>Posts a body and returns when the response's head has arrived. The caller disposes the response.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static Task<EngineReply> PostAsync(IRunner runner, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = Json;
        return SendAsync(runner, HttpMethod.Post, path, content, cancellation);
    }

    /// <summary>Sends a request and returns when the response's head has arrived. The caller disposes the response.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path at llama-server.</param>
    /// <param name="content">The body, of known length; null for none. It is disposed.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static async Task<EngineReply> SendAsync(IRunner runner, HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            using var request = new HttpRequestMessage(method, "http://llama-server" + path);
            request.Content = content;
            response = await runner.Http.SendAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            // Before the response's head. A kept-alive connection that the engine closed while we wrote to it is worth a retry; a request that may have
            // killed the engine is not.
            await Task.WhenAny(runner.Exited, Task.Delay(ShortWait, CancellationToken.None)).ConfigureAwait(false);
            var safe = exception.HttpRequestError is HttpRequestError.ConnectionError || !runner.Exited.IsCompleted;
            return safe
                ? new InferenceFailure.ConnectionLost("the engine did not answer: " + (exception.InnerException ?? exception).Message)
                : new InferenceFailure.Crashed(await DeathMessageAsync(runner, exception.Message).ConfigureAwait(false));
        }
        catch (ObjectDisposedException)
        {
            // The runner was stopped between the lease and the call.
            return new InferenceFailure.ConnectionLost("the model was unloaded");
        }

        if (response.IsSuccessStatusCode)
        {
            return new(response, null);
        }

        using (response)
        {
            var failure = await ReadFailureAsync(response, runner, cancellation).ConfigureAwait(false);

            // Another request may follow, composed from the whole conversation.
            await new PoolThread(stays: false);
            return failure;
        }
    }

    /// <summary>Posts a body and reads the whole response. Continues on the thread pool: the caller composes the next request from the answer.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static async Task<(byte[]? Answer, InferenceFailure? Failure)> ReadAsync(IRunner runner, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var reply = await PostAsync(runner, path, body, cancellation).ConfigureAwait(false);
        if (reply.Failure is { } failure)
        {
            return (null, failure);
        }

        using var response = reply.Response!;
        try
        {
            var answer = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            await new PoolThread(stays: false);
            return (answer, null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return (null, new InferenceFailure.Crashed(await DeathMessageAsync(runner, exception.Message).ConfigureAwait(false)));
        }
    }

    /// <summary>The reason why a runner closed a connection: the last error line of its log when its process has ended, else <paramref name="otherwise"/>. Waits up to a second for the process to end.</summary>
    public static async Task<string> DeathMessageAsync(IRunner runner, string otherwise)
    {
        if (runner.Stopping.IsCancellationRequested)
        {
            return runner.EndReason ?? "the model was unloaded";
        }

        await Task.WhenAny(runner.Exited, Task.Delay(TimeSpan.FromSeconds(1))).ConfigureAwait(false);
        return runner.Exited.IsCompleted
            ? "llama-server ended unexpectedly: " + await runner.Exited.ConfigureAwait(false)
            : otherwise;
    }

    private static async Task<InferenceFailure> ReadFailureAsync(HttpResponseMessage response, IRunner runner, CancellationToken cancellation)
    {
        try
        {
            return EngineErrors.Of((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new InferenceFailure.Crashed(await DeathMessageAsync(runner, exception.Message).ConfigureAwait(false));
        }
    }
}
