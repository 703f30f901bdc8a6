using System.Net.Http.Headers;
using System.Text.Json;
using GGLib.Engine.Processes;

namespace GGLib.Server.Inference;

/// <summary>Sends requests to a runner and tells its failures apart.</summary>
internal static class EngineClient
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(200);

    /// <summary>Posts a body; returns when the answer's head is there. The caller disposes the response.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async Task<EngineReply> PostAsync(IRunner runner, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "http://llama-server" + path);
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = Json;
            response = await runner.Http.SendAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            // Before the answer's head. A kept connection that the engine closed as we wrote to it is worth a second try; a request that may have
            // killed the engine is not.
            await Task.WhenAny(runner.Exited, Task.Delay(ShortWait, CancellationToken.None)).ConfigureAwait(false);
            var safe = exception.HttpRequestError is HttpRequestError.ConnectionError || !runner.Exited.IsCompleted;
            var message = safe ? "the engine did not answer: " + (exception.InnerException ?? exception).Message : await DeathMessageAsync(runner, exception.Message).ConfigureAwait(false);
            return new(null, new(500, message, MayRepeat: safe));
        }
        catch (ObjectDisposedException)
        {
            // The runner was ended between the lease and the call.
            return new(null, new(500, "the model was unloaded", MayRepeat: true));
        }

        if (response.IsSuccessStatusCode)
        {
            return new(response, null);
        }

        using (response)
        {
            return new(null, await ReadProblemAsync(response, runner, cancellation).ConfigureAwait(false));
        }
    }

    /// <summary>Posts a body and reads the whole answer.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async Task<(byte[]? Answer, EngineProblem? Problem)> ReadAsync(IRunner runner, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var reply = await PostAsync(runner, path, body, cancellation).ConfigureAwait(false);
        if (reply.Problem is { } problem)
        {
            return (null, problem);
        }

        using var response = reply.Response!;
        try
        {
            return (await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false), null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return (null, new EngineProblem(500, await DeathMessageAsync(runner, exception.Message).ConfigureAwait(false)));
        }
    }

    /// <summary>What to tell about a runner that broke off: its last error line when it has one. Waits a moment for its end to be known.</summary>
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

    private static async Task<EngineProblem> ReadProblemAsync(HttpResponseMessage response, IRunner runner, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        try
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return Parse(status, body) ?? new(status, $"the engine answered with status {status}");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new(500, await DeathMessageAsync(runner, exception.Message).ConfigureAwait(false));
        }
    }

    private static EngineProblem? Parse(int status, byte[] body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.TryGetProperty("error"u8, out var error) && error.TryGetProperty("message"u8, out var message) && message.GetString() is { } text)
            {
                var type = error.TryGetProperty("type"u8, out var kind) && kind.ValueKind is JsonValueKind.String ? kind.GetString() : null;
                return new(ClientStatus(status, text), text, type);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not llama-server's form; the status has to do.
        }

        return null;
    }

    // llama-server answers 500 for some faults of the client.
    private static int ClientStatus(int status, string message) =>
        status == 500 && (message.Contains("is too large to process", StringComparison.Ordinal)
            || message.Contains("input is not supported", StringComparison.Ordinal)
            || message.Contains("tool", StringComparison.OrdinalIgnoreCase)
            || message.Contains("role", StringComparison.OrdinalIgnoreCase)
            || message.Contains("template", StringComparison.OrdinalIgnoreCase))
            ? 400
            : status;
}
