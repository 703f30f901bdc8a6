using GGLib.Catalog;
using GGLib.Engine.Scheduling;
using GGLib.Server.Inference;
using GGLib.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>A request with nothing to answer: it loads the model, or unloads it when <c>keep_alive</c> is 0. One object, streamed or not.</summary>
internal sealed class ModelLoading(RunnerAccess runners, Scheduler scheduler, TimeProvider time)
{
    public async Task RunAsync(HttpContext context, CatalogModel model, InferenceFields fields, OllamaOptions options, OllamaAnswerShape shape, long began)
    {
        if (fields.Unloads)
        {
            await scheduler.UnloadAsync(ModelDirectory.KeyOf(model)).ConfigureAwait(false);
            await ReplyAsync("unload").ConfigureAwait(false);
            return;
        }

        var failure = await runners.UseAsync(context, model, options.ContextLength, fields.KeepAlive, began, async _ =>
        {
            await ReplyAsync("load").ConfigureAwait(false);
            return true;
        }, options.Load).ConfigureAwait(false);
        if (failure is not null)
        {
            await OllamaReply.WriteErrorAsync(context, failure).ConfigureAwait(false);
        }

        Task ReplyAsync(string reason) => OllamaReply.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, fields.Model);
            writer.WriteString("created_at"u8, OllamaTime.Created(time));
            shape.WriteText(writer, [], [], []);
            writer.WriteBoolean("done"u8, true);
            writer.WriteString("done_reason"u8, reason);
            writer.WriteEndObject();
        });
    }
}
