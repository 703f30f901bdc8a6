using System.Globalization;
using System.Text;
using System.Text.Json;
using GGLib.Engine.Processes;
using GGLib.Engine.Scheduling;
using GGLib.Server.Inference;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace GGLib.Server.Dialects.Admin;

/// <summary>
/// <c>GET /api/gglib/logs?model=NAME&amp;lines=N&amp;follow=1</c>: returns the output of a model's llama-server as text, or as NDJSON if the client accepts it. Following continues
/// with the model's next process, until the client disconnects or the server stops.
/// </summary>
internal sealed class LogsEndpoint(ModelDirectory models, Scheduler scheduler, IHostApplicationLifetime lifetime)
{
    private const string Ndjson = "application/x-ndjson";

    public async Task HandleAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["model"].ToString() is not { Length: > 0 } name)
        {
            await AdminReply.WriteErrorAsync(context, 400, "model is required, for example /api/gglib/logs?model=demo-chat").ConfigureAwait(false);
            return;
        }

        var wanted = int.MaxValue;
        if (query["lines"].ToString() is { Length: > 0 } lines && !int.TryParse(lines, NumberStyles.None, CultureInfo.InvariantCulture, out wanted))
        {
            await AdminReply.WriteErrorAsync(context, 400, "lines must be a whole number").ConfigureAwait(false);
            return;
        }

        if (models.Find(name) is not { } model)
        {
            await AdminReply.WriteErrorAsync(context, 404, $"model '{name}' not found").ConfigureAwait(false);
            return;
        }

        if (scheduler.LogOf(ModelDirectory.KeyOf(model)) is not { } log)
        {
            await AdminReply.WriteErrorAsync(context, 404, $"model '{name}' has not been started since the server began, so it has no log").ConfigureAwait(false);
            return;
        }

        var forPrograms = context.Request.Headers.Accept.ToString().Contains(Ndjson, StringComparison.OrdinalIgnoreCase);
        context.Response.ContentType = forPrograms ? Ndjson : "text/plain; charset=utf-8";
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await WriteAsync(context, log, wanted, query["follow"].ToString() is "1" or "true", forPrograms, leaving.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The client disconnected, or the server is stopping: following ends this way.
        }
    }

    private static async Task WriteAsync(HttpContext context, ChildLog log, int wanted, bool follow, bool forPrograms, CancellationToken leaving)
    {
        var kept = log.After(0);
        var fresh = kept.Skip(Math.Max(0, kept.Count - wanted));
        var last = kept.Count > 0 ? kept[^1].Number : 0;
        while (true)
        {
            await context.Response.Body.WriteAsync(Compose(fresh, forPrograms), leaving).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(leaving).ConfigureAwait(false);
            if (!follow)
            {
                return;
            }

            await log.WaitAsync(last, leaving).ConfigureAwait(false);
            var more = log.After(last);
            if (more.Count == 0 && log.Successor is { } next)
            {
                (log, last) = (next, 0);
                more = log.After(0);
            }

            fresh = more;
            last = more.Count > 0 ? more[^1].Number : last;
        }
    }

    private static byte[] Compose(IEnumerable<ChildLogLine> lines, bool forPrograms)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(forPrograms ? JsonSerializer.Serialize(new LogEntry(Word(line.Level), line.Text), AdminJson.Wire.LogEntry) : line.Text).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string? Word(ChildLogLevel level) => level switch
    {
        ChildLogLevel.Debug => "debug",
        ChildLogLevel.Info => "info",
        ChildLogLevel.Warning => "warning",
        ChildLogLevel.Error => "error",
        _ => null,
    };
}
