using GGLib.Catalog;
using GGLib.Engine.Scheduling;
using GGLib.Server.Endpoints.Ollama.Requests;
using GGLib.Server.Inference;
using GGLib.Server.Streaming;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace GGLib.Server.Endpoints.Ollama;

/// <summary>A request with nothing to answer: it loads the model, or unloads it when <c>keep_alive</c> is 0. One object, streamed or not.</summary>
internal sealed class ModelLoading(Scheduler scheduler, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public async Task RunAsync(HttpContext context, CatalogModel model, InferenceFields fields, OllamaOptions options, OllamaAnswerShape shape, long began)
    {
        if (fields.Unloads)
        {
            await scheduler.UnloadAsync(ModelDirectory.KeyOf(model)).ConfigureAwait(false);
        }
        else if (!await LoadAsync(context, model, fields, options, began).ConfigureAwait(false))
        {
            return;
        }

        await OllamaReply.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, fields.Model);
            writer.WriteString("created_at"u8, OllamaTime.Created(time));
            shape.WriteText(writer, [], [], []);
            writer.WriteBoolean("done"u8, true);
            writer.WriteString("done_reason"u8, fields.Unloads ? "unload"u8 : "load"u8);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private async Task<bool> LoadAsync(HttpContext context, CatalogModel model, InferenceFields fields, OllamaOptions options, long began)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var result = await scheduler.AcquireAsync(ModelDirectory.ForEngine(model), options.ContextLength, fields.KeepAlive, leaving.Token).ConfigureAwait(false);
            result.Lease?.Dispose();
            context.Notes().LoadNanoseconds = time.GetElapsedTime(began).Ticks * 100;
            if (result.Failure is not { } failure)
            {
                return true;
            }

            await OllamaReply.WriteErrorAsync(context, failure).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left; the load goes on.
        }
        catch (OperationCanceledException)
        {
            await OllamaReply.WriteErrorAsync(context, new EngineFailure.ShuttingDown()).ConfigureAwait(false);
        }

        return false;
    }
}
